import type { Action } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { header } from '../http/headers.ts';
import { finish, run } from '../phases/run.ts';
import { internalRedirect, namedLocation, restart } from '../phases/redirect.ts';
import { sizeAtRunTime } from '../response/send-rate.ts';
import type { Request } from '../request.ts';
import { traceAs } from '../trace.ts';
import type { CacheEntry } from '../cache/cache-entry.ts';
import { readFreshness } from '../cache/freshness.ts';
import { keepStatus, leaveCache } from './leave-cache.ts';
import { sendStale } from './cached-answer.ts';
import { copyUpstreamChallenges } from './challenges.ts';
import type { Exchange } from './exchange.ts';
import { exchangeOf } from './exchange.ts';
import { faultOfStatus, finalizing, headAccepted, releasePeer, upstreamNext } from './next.ts';
import { passEarlyHints } from './early-hints.ts';
import { duplicateLine, readFraming } from './framing.ts';
import type { ResponseHead } from './parse-response.ts';
import { invalidHeader, parseResponse } from './parse-response.ts';
import { revalidated } from './revalidate.ts';
import { takeHeaders } from './take-headers.ts';
import { parseUnsafeUri } from '../algorithms/unsafe-uri.ts';

const switchingProtocols = 101;
const earlyHints = 103;
const notFound = 404;

/** Takes in what the upstream sent so far (ngx_http_upstream_process_header); null while its head is incomplete. */
export function upstreamHead(cx: EngineContext, request: Request, bytes: string): Action | null {
  const exchange = exchangeOf(request);
  if (exchange.headless) return openTunnel(cx, request, exchange);
  if (exchange.settings.proxy_http_version === '2')
    return invalid(cx, request, exchange, 'upstream sent no HTTP/2 frame');
  const { gateway } = exchange;
  if (gateway !== null) {
    const head = gateway.readHead(cx, request, exchange, bytes);
    if (typeof head === 'string') return invalid(cx, request, exchange, head);
    return head === null ? null : takeHead(cx, request, exchange, head, exchange.rawHead);
  }
  let from = exchange.headEnd;
  const hasEarlyHints = cx.since('1.29.0');
  for (;;) {
    const head = parseResponse(bytes, from);
    if (head === null) return null;
    if (typeof head === 'object' && 'invalid' in head)
      return invalid(cx, request, exchange, invalidHeader(head.invalid));
    if (head === 'none') return answerWithoutHead(cx, request, exchange, from);
    if (head.status === earlyHints && hasEarlyHints) {
      if (!head.modern)
        return invalid(cx, request, exchange, 'upstream sent HTTP/1.0 response with early hints');
      from = head.end;
      exchange.headEnd = from;
      // $upstream_status stays with the first status.
      exchange.attempt.status = earlyHints;
      passEarlyHints(cx, request, exchange, head.headers);
      continue;
    }
    return takeHead(cx, request, exchange, head, bytes.slice(from, head.end));
  }
}

/** Takes in a whole head; `raw` are its bytes, for the cache. */
function takeHead(
  cx: EngineContext,
  request: Request,
  exchange: Exchange,
  head: ResponseHead,
  raw: string,
): Action {
  exchange.headEnd = head.end;
  exchange.status = head.status;
  exchange.reason = head.statusLine;
  exchange.headers = head.headers;
  if (exchange.attempt.status === 0) exchange.attempt.status = head.status;
  if (exchange.entry !== null) exchange.rawHead = raw;
  const problem = readFraming(exchange, head.modern, cx.rules.duplicatesIgnored);
  if (problem !== null) return invalid(cx, request, exchange, problem);
  if (cx.rules.duplicatesIgnored) ignoreDuplicates(cx, request, exchange.headers);
  if (exchange.entry !== null) judgeFreshness(cx, exchange, exchange.entry);
  return decide(cx, request, exchange);
}

/** ngx_http_tunnel_process_header. `$upstream_status` has no value. */
function openTunnel(cx: EngineContext, request: Request, exchange: Exchange): Action {
  exchange.status = 200;
  headAccepted(cx, request, exchange);
  request.status = 200;
  request.statusLine = '';
  request.fromUpstream = true;
  return (request.action = 'tunnel');
}

/** What the headers say about keeping the answer. */
function judgeFreshness(cx: EngineContext, exchange: Exchange, entry: CacheEntry): void {
  entry.forbidden = !exchange.cacheable;
  readFreshness(entry, exchange.headers, exchange.settings.proxy_ignore_headers, cx.seconds);
  if (entry.forbidden) exchange.cacheable = false;
}

function invalid(cx: EngineContext, request: Request, exchange: Exchange, message: string): Action {
  if (message !== '') cx.world.log('error', message, request);
  const result = upstreamNext(cx, request, exchange, 'invalid_header');
  request.main.activity = finalizing;
  return finish(cx, request, result);
}

/** What is no HTTP/1.x answer goes through as it is. */
function answerWithoutHead(cx: EngineContext, request: Request, exchange: Exchange, from: number): Action {
  if (exchange.entry === null) cx.world.log('error', 'upstream sent no valid HTTP/1.0 header', request);
  exchange.headEnd = from;
  // For a cache such an answer has no status: `proxy_cache_valid any` alone is about it.
  exchange.status = exchange.entry === null ? 200 : 0;
  exchange.attempt.status = exchange.status;
  request.httpVersion = 9;
  // $upstream_status has 200, the answer none; so nothing says that the connection ends with it.
  request.status = 0;
  request.fromUpstream = true;
  // Of an answer to HEAD nothing is read beyond the head, not even where there is none.
  if (exchange.method === 'HEAD') exchange.contentLength = 0;
  return forward(cx, request, exchange);
}

/** Headers of which only the first line counts; others may come several times (ngx_http_upstream_headers_in). */
const singleHeaders: ReadonlyMap<string, number> = new Map(
  [
    'status',
    'content-type',
    'date',
    'last-modified',
    'etag',
    'server',
    'location',
    'refresh',
    'expires',
    'x-accel-expires',
    'x-accel-redirect',
    'x-accel-limit-rate',
    'x-accel-buffering',
    'x-accel-charset',
  ].map((name, index) => [name, 1 << index]),
);

/** Takes further lines of such headers out of the list: neither clients nor variables get them. */
function ignoreDuplicates(cx: EngineContext, request: Request, headers: string[]): void {
  let seen = 0;
  for (let at = 0; at < headers.length; at += 3) {
    const bit = singleHeaders.get(headers[at + 1]!);
    if (bit === undefined) continue;
    if ((seen & bit) === 0) {
      seen |= bit;
      continue;
    }
    cx.world.log('warn', `${duplicateLine(headers, at)}, ignored`, request);
    headers.splice(at, 3);
    at -= 3;
  }
}

/** Another server, error pages, X-Accel-Redirect, or the answer itself. */
function decide(cx: EngineContext, request: Request, exchange: Exchange): Action {
  const { status } = exchange;
  if (status >= 300) {
    const fault = faultOfStatus(cx, request, exchange);
    if (fault !== null) {
      const result = upstreamNext(cx, request, exchange, fault);
      request.main.activity = finalizing;
      return finish(cx, request, result);
    }
    if (exchange.entry !== null) {
      const kept =
        sendStale(cx, request, exchange, `http_${status}`, false) ?? revalidated(cx, request, exchange);
      if (kept !== null) {
        releasePeer(cx, request, exchange);
        return finish(cx, request, kept);
      }
    }
    if (status === notFound && exchange.gateway?.replacesNotFound === true) {
      releasePeer(cx, request, exchange);
      request.main.activity = finalizing;
      return finish(cx, request, notFound);
    }
    if (exchange.settings.proxy_intercept_errors) {
      const page = request.location.errorPages.find(({ codes }) => codes.includes(status));
      if (page !== undefined) {
        if (status === 401) copyUpstreamChallenges(cx, request, exchange.headers);
        if (request.trace !== null)
          traceAs(request, 'upstream', page.origin, `the upstream's ${status} is intercepted`);
        releasePeer(cx, request, exchange);
        request.main.activity = finalizing;
        keepStatus(cx, exchange, status);
        return finish(cx, request, status);
      }
    }
  }
  headAccepted(cx, request, exchange);
  const accel = header(exchange.headers, 'x-accel-redirect');
  if (accel !== undefined && !exchange.settings.proxy_ignore_headers.includes('X-Accel-Redirect'))
    return accelRedirect(cx, request, exchange, accel);
  takeHeaders(request, exchange);
  if (status === switchingProtocols && request.upgrade && exchange.gateway?.upgrades !== false) {
    if (request !== request.main) {
      cx.world.log('error', 'connection upgrade in subrequest', request);
      if (request.trace !== null)
        traceAs(request, 'upstream', -1, 'connection upgrade in subrequest: nginx closes the connection');
      releasePeer(cx, request, exchange);
      leaveCache(cx, exchange, 0);
      return (request.action = 'close');
    }
    leaveCache(cx, exchange, 0);
    return (request.action = 'tunnel');
  }
  return forward(cx, request, exchange);
}

/** `proxy_limit_rate` may depend on what the upstream said. */
function forward(cx: EngineContext, request: Request, exchange: Exchange): Action {
  exchange.readRate = sizeAtRunTime(cx, request, exchange.settings.proxy_limit_rate);
  return (request.action = 'forward');
}

const kept: ReadonlySet<string> = new Set([
  'content-type',
  'set-cookie',
  'content-disposition',
  'cache-control',
  'expires',
  'accept-ranges',
]);

function accelRedirect(cx: EngineContext, request: Request, exchange: Exchange, target: string): Action {
  releasePeer(cx, request, exchange);
  leaveCache(cx, exchange, 0);
  takeHeaders(request, exchange, kept);
  request.status = 0;
  request.statusLine = '';
  request.fromUpstream = false;
  request.contentLengthOut = -1;
  const result = target.startsWith('@') ? namedLocation(cx, request, target) : accelUri(cx, request, target);
  return result === restart ? run(cx, request) : finish(cx, request, result);
}

/** 404 for a target that would lead out of the root (ngx_http_upstream_process_headers). */
function accelUri(cx: EngineContext, request: Request, target: string): number {
  const parsed = parseUnsafeUri(target);
  if (parsed === null) {
    cx.world.log('error', `unsafe URI "${target}" was detected`, request);
    return 404;
  }
  if (request.method !== 'HEAD') request.method = 'GET';
  return internalRedirect(cx, request, parsed.uri, parsed.args);
}
