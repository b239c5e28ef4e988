import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { again, declined } from '../phases/phase.ts';
import { startSubrequest } from '../subrequest.ts';

const stateKey = 'mirror';

/** ngx_http_mirror_handler: background subrequests with the client's method and, unless switched off, its body, which is read first. */
export function mirrorHandler(cx: EngineContext, { mirror }: AllSettings): PhaseHandler | null {
  if (mirror.mirror.length === 0) return null;
  return (request) => {
    if (request !== request.main) return declined;
    if (mirror.mirror_request_body && request.hasBody && request.requestBody === null) {
      request.action = 'read-body';
      return again;
    }
    request.modules ??= new Map();
    if (request.modules.has(stateKey)) return declined;
    request.modules.set(stateKey, true);
    for (const uri of mirror.mirror) {
      const child = startSubrequest(cx, request, uri, request.args, {
        headOnly: true,
        background: true,
        posted: true,
        copiesMethod: true,
      });
      if (child !== null) (request.background ??= []).push(child);
    }
    return declined;
  };
}
