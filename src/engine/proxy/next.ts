import type { UpstreamFailure } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { done } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { traceAs } from '../trace.ts';
import { attemptEnded, headArrived } from '../upstream/least-time.ts';
import { freePeer, selectPeer } from '../upstream/selection.ts';
import type { UpstreamAttempt } from '../upstream-exchange.ts';
import { leaveCache } from './leave-cache.ts';
import { sendStale } from './cached-answer.ts';
import type { Exchange } from './exchange.ts';

/** What `proxy_next_upstream` counts, with the status that is left when nothing else can be tried. */
export type Fault =
  UpstreamFailure | 'http_500' | 'http_502' | 'http_503' | 'http_504' | 'http_403' | 'http_404' | 'http_429';

const statuses: Readonly<Record<Fault, number>> = {
  error: 502,
  timeout: 504,
  invalid_header: 502,
  http_500: 500,
  http_502: 502,
  http_503: 503,
  http_504: 504,
  http_403: 403,
  http_404: 404,
  http_429: 429,
};
const badGateway = 502;
const nonIdempotent: ReadonlySet<string> = new Set(['POST', 'LOCK', 'PATCH']);

function newAttempt(peer: string, started: number, firstOfExchange: boolean): UpstreamAttempt {
  return {
    peer,
    firstOfExchange,
    status: 0,
    started,
    connectTime: -1,
    headerTime: -1,
    responseTime: -1,
    responseLength: 0,
    bytesReceived: 0,
    bytesSent: 0,
  };
}

/** What the log says is going on once an upstream has answered or failed (ngx_http_upstream_finalize_request). */
export const finalizing = 'sending to client';

/** Chooses the next server (ngx_http_upstream_connect): {@link done} with action `proxy`, or 502 when none is left. */
export function connectNext(cx: EngineContext, request: Request, exchange: Exchange, first: boolean): number {
  const { sticky } = exchange.upstream;
  if (sticky !== null) exchange.selection.wanted = sticky.wanted(exchange.stickyId);
  const chosen = selectPeer(exchange.selection, cx.seconds);
  const states = (request.upstreamStates ??= []);
  const started = cx.world.monotonic();
  if (chosen === null) {
    exchange.attempt = newAttempt(exchange.upstream.plan.name, started, first && states.length > 0);
    exchange.attempt.status = badGateway;
    states.push(exchange.attempt);
    exchange.released = true;
    exchange.peer = { ...exchange.peer, name: exchange.upstream.plan.name };
    request.main.activity = 'connecting to upstream';
    cx.world.log('error', 'no live upstreams', request);
    if (request.trace !== null)
      traceAs(
        request,
        'upstream',
        exchange.upstream.plan.origin,
        'no server of the upstream is available: 502',
      );
    return sendStale(cx, request, exchange, 'error', true) ?? giveUp(cx, exchange, badGateway);
  }
  sticky?.chosen?.(request, exchange);
  exchange.peer = chosen.settings.peer;
  exchange.serverName = chosen.settings.server;
  exchange.released = false;
  exchange.requestSent = false;
  exchange.headers = [];
  exchange.headEnd = 0;
  exchange.records = null;
  exchange.stderrEnd = 0;
  exchange.headLimit -= exchange.skipped;
  exchange.skipped = 0;
  exchange.status = 0;
  exchange.attempt = newAttempt(exchange.peer.name, started, first && states.length > 0);
  states.push(exchange.attempt);
  if (request.trace !== null) traceAs(request, 'upstream', -1, `sent to ${exchange.peer.name}`);
  request.action = 'proxy';
  return done;
}

/** Whether another server would be tried after `fault` (ngx_http_upstream_next, ngx_http_upstream_test_next). */
function mayRetry(cx: EngineContext, request: Request, exchange: Exchange, fault: Fault): boolean {
  const { next, settings } = exchange.proxy;
  if (!next.has(fault)) return false;
  if (exchange.requestSent) {
    if (nonIdempotent.has(request.method) && !next.has('non_idempotent')) return false;
    if (exchange.passBody && request.requestBody === null && request.hasBody) return false;
  }
  const limit = settings.proxy_next_upstream_timeout;
  return limit === 0 || cx.world.monotonic() - exchange.startedAt < limit;
}

/** An attempt failed: the next server, or the status for the client (ngx_http_upstream_next). */
export function upstreamNext(cx: EngineContext, request: Request, exchange: Exchange, fault: Fault): number {
  const failed = fault !== 'http_403' && fault !== 'http_404';
  tellTimes(cx, exchange, true);
  if (freePeer(exchange.selection, failed, cx.seconds) && failed)
    cx.world.log('warn', 'upstream server temporarily disabled', request);
  // A kept connection that the server had closed says nothing about the server.
  if (exchange.cached && fault === 'error') exchange.selection.tries++;
  exchange.cached = false;
  exchange.released = true;
  exchange.attempt.status = statuses[fault];
  if (request.trace !== null) traceAs(request, 'upstream', -1, `${exchange.peer.name} failed: ${fault}`);
  if (exchange.selection.tries === 0 || !mayRetry(cx, request, exchange, fault))
    return sendStale(cx, request, exchange, fault, true) ?? giveUp(cx, exchange, statuses[fault]);
  return connectNext(cx, request, exchange, false);
}

/** The exchange ends with an error. */
function giveUp(cx: EngineContext, exchange: Exchange, status: number): number {
  leaveCache(cx, exchange, status);
  return status;
}

/** Whether a status of the upstream makes nginx try another server; null when not. */
export function faultOfStatus(cx: EngineContext, request: Request, exchange: Exchange): Fault | null {
  const fault = `http_${exchange.status}` as Fault;
  if (!(fault in statuses)) return null;
  if (exchange.selection.tries <= 1) return null;
  return mayRetry(cx, request, exchange, fault) ? fault : null;
}

/** Gives the server back when the exchange is over. */
export function releasePeer(cx: EngineContext, request: Request, exchange: Exchange): void {
  if (exchange.released) return;
  exchange.released = true;
  const { sticky } = exchange.upstream;
  if (sticky !== null && !sticky.learnsFromHead) sticky.learn?.(request, exchange);
  tellTimes(cx, exchange, false);
  freePeer(exchange.selection, false, cx.seconds);
}

/** A usable head has come (NGX_HTTP_UPSTREAM_NOTIFY_HEADER). */
export function headAccepted(cx: EngineContext, request: Request, exchange: Exchange): void {
  const { sticky, balancer } = exchange.upstream;
  if (sticky !== null && sticky.learnsFromHead) sticky.learn?.(request, exchange);
  if (balancer.leastTime === null) return;
  const clock = cx.world.monotonic();
  headArrived(balancer.leastTime, exchange.selection, clock - exchange.attempt.started, clock);
}

/** `least_time` learns how long an attempt took. */
function tellTimes(cx: EngineContext, { upstream, selection, attempt }: Exchange, failed: boolean): void {
  const { leastTime } = upstream.balancer;
  if (leastTime === null) return;
  const clock = cx.world.monotonic();
  const response = attempt.responseTime < 0 ? clock - attempt.started : attempt.responseTime;
  attemptEnded(leastTime, selection, { header: failed ? -1 : attempt.headerTime, response }, clock);
}
