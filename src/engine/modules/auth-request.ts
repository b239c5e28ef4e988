import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { again, done, ok } from '../phases/phase.ts';
import { copyUpstreamChallenges } from '../proxy/challenges.ts';
import type { Request } from '../request.ts';
import { startSubrequest } from '../subrequest.ts';
import { trace } from '../trace.ts';
import { finalStatus } from '../variables/core.ts';

const internalError = 500;
const stateKey = 'auth_request';

/** ngx_http_auth_request_handler: 2xx lets through, 401 and 403 refuse, anything else is an error. */
export function authRequestHandler(cx: EngineContext, { authRequest }: AllSettings): PhaseHandler | null {
  if (authRequest.auth_request === '') return null;
  // The whole text is the path of the subrequest: a question mark does not begin arguments here.
  const uri = authRequest.auth_request;
  const assignments = authRequest.auth_request_set.map(({ variable, value }) => ({
    set: cx.variables.setter(variable),
    value: cx.template(value),
  }));
  const origin = authRequest.at?.auth_request ?? -1;
  return (request) => {
    request.modules ??= new Map();
    let child = request.modules.get(stateKey) as Request | undefined;
    if (child === undefined) {
      const started = startSubrequest(cx, request, uri, '', { headOnly: true, withoutBody: true });
      if (started === null) return internalError;
      child = started;
      request.modules.set(stateKey, child);
      if (!isOver(child)) {
        request.child = child;
        request.action = 'subrequest';
        return again;
      }
    }
    request.child = null;
    if (child.action === 'close') {
      request.action = 'close';
      return done;
    }
    for (const { set, value } of assignments) set(request, value.evaluate(child));
    return judge(cx, request, child, origin);
  };
}

/** Whether the subrequest ended without help from outside. */
function isOver(child: Request): boolean {
  return child.action === 'respond' || child.action === 'close' || child.action === 'done';
}

function judge(cx: EngineContext, request: Request, child: Request, origin: number): number {
  const status = finalStatus(child);
  const allowed = status >= 200 && status < 300;
  if (request.trace !== null) {
    const answer = allowed ? undefined : status === 401 || status === 403 ? status : internalError;
    trace(request, origin, `auth_request: the subrequest ended with ${status}`, answer);
  }
  if (status === 403) return status;
  if (status === 401) {
    const { headersOut, upstream } = child;
    if (upstream !== null) copyUpstreamChallenges(cx, request, upstream.headers);
    else copyChallenges(request, headersOut);
    return status;
  }
  if (allowed) return ok;
  cx.world.log('error', `auth request unexpected status: ${status}`, request);
  return internalError;
}

function copyChallenges(request: Request, headers: readonly string[]): void {
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]!.toLowerCase() === 'www-authenticate')
      request.headersOut.push(headers[at]!, headers[at + 1]!);
}
