import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { startSubrequest } from '../subrequest.ts';
import { splitArgs } from '../uri.ts';

const stateKey = 'post_action';

/** What `post_action` asks for when the request is over (ngx_http_post_action): a request whose answer nobody sees. */
export function startPostAction(cx: EngineContext, request: Request): void {
  const target = request.location?.core.post_action ?? '';
  if (target === '' || target === 'off' || request !== request.main) return;
  if (request.lasting?.has(stateKey) === true) return;
  (request.lasting ??= new Map()).set(stateKey, true);
  const named = target.startsWith('@') ? target : undefined;
  const { uri, args } = named === undefined ? splitArgs(target) : request;
  const child = startSubrequest(cx, request, uri, args, { headOnly: true, copiesMethod: true, named });
  if (child !== null) (request.background ??= []).push(child);
}
