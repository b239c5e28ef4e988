import type { Action } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { escapeUri } from '../algorithms/escape-uri.ts';
import { findLocation } from '../locations.ts';
import type { Request } from '../request.ts';
import { specialResponse } from '../response/error-page.ts';
import { setRedirect } from '../response/redirect-host.ts';
import { discardBody } from '../response/send.ts';
import { mapUriToPath } from '../static/path.ts';
import { trace } from '../trace.ts';
import { again, declined, done, ok, phases } from './phase.ts';
import { restart } from './redirect.ts';
import { updateLocation } from './update-location.ts';

/** Runs the phases from where the request is until something has to be done outside (ngx_http_core_run_phases). */
export function run(cx: EngineContext, request: Request): Action {
  return settle(cx, request, restart);
}

/** Goes on from a result until the request is suspended, taken over or answered. */
function settle(cx: EngineContext, request: Request, first: number): Action {
  let result = first;
  for (;;) {
    if (result === again || result === done) return request.action;
    if (result === restart) {
      result = phaseLoop(cx, request);
      continue;
    }
    result = finalize(cx, request, result);
    if (result === ok) return request.action;
  }
}

/** Ends a request with a result of a handler and goes on if that starts the phases again. */
export function finish(cx: EngineContext, request: Request, result: number): Action {
  if (result === again || result === done) return request.action;
  return settle(cx, request, result);
}

/** ngx_http_finalize_request, as far as it decides: {@link ok} when `request.action` is final. */
function finalize(cx: EngineContext, request: Request, result: number): number {
  // "=200" of try_files says that all is done, and nothing was sent.
  if (result === 200 && request.status === 0) {
    request.action = 'done';
    return ok;
  }
  if (result === ok || result === 200) {
    request.action = 'respond';
    return ok;
  }
  if (result === 444 || result === 499 || result === 408 || result < 0) {
    request.abortedStatus = result < 0 ? 500 : result;
    request.action = 'close';
    return ok;
  }
  if (result >= 300 || result === 201 || result === 204) {
    const next = specialResponse(cx, request, result);
    if (next === ok) request.action = 'respond';
    return next;
  }
  request.action = 'respond';
  return ok;
}

function phaseLoop(cx: EngineContext, request: Request): number {
  for (;;) {
    let result: number;
    switch (request.phase) {
      case phases.postRead:
      case phases.preaccess:
      case phases.precontent:
        result = genericPhase(request);
        break;
      case phases.serverRewrite:
      case phases.rewrite:
        result = rewritePhase(request);
        break;
      case phases.findConfig:
        result = findConfigPhase(cx, request);
        break;
      case phases.postRewrite:
        result = postRewritePhase(cx, request);
        break;
      case phases.access:
        result = accessPhase(cx, request);
        break;
      case phases.postAccess:
        result = postAccessPhase(cx, request);
        break;
      default:
        return contentPhase(cx, request);
    }
    if (result !== nextPhase) return result;
    request.phase++;
    request.handlerIndex = 0;
  }
}

/** The phase is over. */
const nextPhase = -200;

/** ngx_http_core_generic_phase. */
function genericPhase(request: Request): number {
  const handlers = request.location.handlers[request.phase]!;
  while (request.handlerIndex < handlers.length) {
    const result = handlers[request.handlerIndex]!(request);
    if (result === ok) return nextPhase;
    if (result !== declined) return result;
    request.handlerIndex++;
  }
  return nextPhase;
}

/** ngx_http_core_rewrite_phase, for ngx_http_rewrite_module. */
function rewritePhase(request: Request): number {
  const { location } = request;
  if (location.rewriteProgram === null) return nextPhase;
  if (request.phase === phases.rewrite && location === request.server.root) return nextPhase;
  const result = location.rewriteProgram(request);
  return result === declined ? nextPhase : result;
}

/** ngx_http_core_find_config_phase. */
function findConfigPhase(cx: EngineContext, request: Request): number {
  request.contentHandler = null;
  request.uriChanged = false;
  request.location = request.server.root;
  const found = findLocation(cx, request);
  const { location } = request;
  if (request.trace !== null) {
    const { plan } = location;
    const text =
      found === 'none'
        ? `no location matches "${request.uri}": the settings of the server apply`
        : `location "${plan.name}" (${found}) for "${request.uri}"`;
    trace(request, found === 'none' ? -1 : plan.origin, text);
  }
  if (!request.internal && location.core.internal) {
    if (request.trace !== null)
      trace(request, location.core.at?.internal ?? -1, 'the location is internal', 404);
    return 404;
  }
  updateLocation(cx, request);
  const limit = location.maxBody;
  if (limit !== 0 && request.contentLength > limit) {
    cx.world.log('error', `client intended to send too large body: ${request.contentLength} bytes`, request);
    if (request.trace !== null)
      trace(
        request,
        location.core.at?.client_max_body_size ?? -1,
        'the body is larger than client_max_body_size',
        413,
      );
    // Whatever answers in its place gets none of it.
    request.expectContinue = false;
    return discardBody(request, () => 413);
  }
  if (found === 'redirect') {
    const name = escapeUri(location.plan.name, 'uri');
    setRedirect(request, request.args === '' ? name : `${name}?${request.args}`);
    if (request.trace !== null)
      trace(request, location.plan.origin, 'the slash at the end is missing: nginx redirects by itself', 301);
    return 301;
  }
  return nextPhase;
}

/** ngx_http_core_post_rewrite_phase. */
function postRewritePhase(cx: EngineContext, request: Request): number {
  if (!request.uriChanged) return nextPhase;
  if (--request.uriChanges === 0) {
    cx.world.log('error', `rewrite or internal redirection cycle while processing "${request.uri}"`, request);
    return 500;
  }
  request.phase = phases.findConfig;
  request.handlerIndex = 0;
  request.location = request.server.root;
  return phaseLoop(cx, request);
}

/** ngx_http_core_access_phase. */
function accessPhase(cx: EngineContext, request: Request): number {
  if (request !== request.main) return nextPhase;
  const handlers = request.location.handlers[phases.access]!;
  const any = request.location.core.satisfy === 'any';
  while (request.handlerIndex < handlers.length) {
    const result = handlers[request.handlerIndex]!(request);
    if (result === again || result === done) return result;
    if (result === ok) {
      if (!any) {
        request.handlerIndex++;
        continue;
      }
      if (request.trace !== null && request.accessCode !== 0)
        trace(request, request.location.core.at?.satisfy ?? -1, 'satisfy any: one condition is enough', ok);
      request.accessCode = 0;
      removeChallenges(request);
      return nextPhase;
    }
    if (any && (result === 403 || result === 401 || result === 407)) {
      if (request.accessCode !== 401 && request.accessCode !== 407) request.accessCode = result;
      request.handlerIndex++;
      continue;
    }
    if (result === 401 || result === 407) return refuse(cx, request, result);
    if (result !== declined) return result;
    request.handlerIndex++;
  }
  return nextPhase;
}

/** Makes people who guess passwords wait (ngx_http_core_auth_delay); the post-access phase then gives the answer. */
function refuse(cx: EngineContext, request: Request, code: number): number {
  const { auth_delay: delay } = request.location.core;
  if (delay === 0 || (code !== 401 && code !== 407)) return code;
  cx.world.log('info', 'delaying unauthorized request', request);
  request.phase = phases.postAccess;
  request.handlerIndex = 0;
  request.accessCode = -code;
  request.delay = delay;
  request.action = 'delay';
  return again;
}

const challenges: ReadonlySet<string> = new Set(['www-authenticate', 'proxy-authenticate']);

function removeChallenges(request: Request): void {
  const { headersOut } = request;
  for (let at = headersOut.length - 2; at >= 0; at -= 2)
    if (challenges.has(headersOut[at]!.toLowerCase())) headersOut.splice(at, 2);
}

/** ngx_http_core_post_access_phase; a code below 0 has been delayed already. */
function postAccessPhase(cx: EngineContext, request: Request): number {
  const code = request.accessCode;
  if (code === 0) return nextPhase;
  request.accessCode = 0;
  return code < 0 ? -code : refuse(cx, request, code);
}

/** ngx_http_core_content_phase. */
function contentPhase(cx: EngineContext, request: Request): number {
  if (request.contentHandler !== null) {
    const result = request.contentHandler(request);
    if (result !== declined) return result;
    // It leaves the request to the others (ngx_http_finalize_request).
    request.contentHandler = null;
  }
  const handlers = request.location.handlers[phases.content]!;
  while (request.handlerIndex < handlers.length) {
    const result = handlers[request.handlerIndex]!(request);
    if (result !== declined) return result;
    request.handlerIndex++;
  }
  if (request.uri.endsWith('/')) {
    const path = mapUriToPath(request, request.uri);
    if (path !== null) cx.world.log('error', `directory index of "${path}" is forbidden`, request);
    return 403;
  }
  return 404;
}
