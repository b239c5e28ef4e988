import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { traceAs } from '../trace.ts';
import { setUri } from '../uri.ts';
import { phases } from './phase.ts';
import { updateLocation } from './update-location.ts';

/** The phases run again from `request.phase`. */
export const restart = -6;

/** ngx_http_internal_redirect: {@link restart}, or 500 after ten of them. */
export function internalRedirect(cx: EngineContext, request: Request, uri: string, args: string): number {
  if (--request.uriChanges === 0) {
    cx.world.log(
      'error',
      `rewrite or internal redirection cycle while internally redirecting to "${uri}"`,
      request,
    );
    return 500;
  }
  if (request.trace !== null) traceAs(request, 'content', -1, `internal redirect to "${uri}"`);
  request.args = args;
  setUri(request, uri);
  leaveModules(request);
  request.takesGzip = null;
  request.main.activity = '';
  request.internal = true;
  request.validUnparsedUri = false;
  request.addUriToAlias = false;
  request.validLocation = true;
  request.location = request.server.root;
  updateLocation(cx, request);
  request.phase = phases.serverRewrite;
  request.handlerIndex = 0;
  return restart;
}

/** Modules forget what they knew of the request. */
function leaveModules(request: Request): void {
  request.modules = null;
  request.target = null;
}

/** ngx_http_named_location. */
export function namedLocation(cx: EngineContext, request: Request, name: string): number {
  if (--request.uriChanges === 0) {
    cx.world.log(
      'error',
      `rewrite or internal redirection cycle while redirect to named location "${name}"`,
      request,
    );
    return 500;
  }
  if (request.uri === '') {
    cx.world.log('error', `empty URI in redirect to named location "${name}"`, request);
    return 500;
  }
  const index = request.server.named.get(name);
  if (index === undefined) {
    cx.world.log('error', `could not find named location "${name}"`, request);
    return 500;
  }
  request.internal = true;
  request.contentHandler = null;
  request.uriChanged = false;
  leaveModules(request);
  request.location = cx.location(index);
  if (request.trace !== null)
    traceAs(request, 'location', request.location.plan.origin, `named location "${name}"`);
  updateLocation(cx, request);
  request.phase = phases.rewrite;
  request.handlerIndex = 0;
  return restart;
}
