import type { Action } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { parseContentLength } from '../http/content-length.ts';
import { header } from '../http/headers.ts';
import { finish, run } from '../phases/run.ts';
import { internalRedirect, namedLocation, restart } from '../phases/redirect.ts';
import { sizeAtRunTime } from '../response/send-rate.ts';
import type { Request } from '../request.ts';
import { traceAs } from '../trace.ts';
import type { Exchange } from './exchange.ts';
import { exchangeOf } from './exchange.ts';
import { mayBeStored } from './cache.ts';
import { faultOfStatus, headAccepted, releasePeer, upstreamNext } from './next.ts';
import { passEarlyHints } from './early-hints.ts';
import { parseResponse } from './parse-response.ts';
import { parseHttpDate } from '../algorithms/http-date.ts';
import { parseUnsafeUri } from '../algorithms/unsafe-uri.ts';

const switchingProtocols = 101;
const earlyHints = 103;
const letterA = 0x61;

/** Takes in what the upstream sent so far (ngx_http_upstream_process_header); null while its head is incomplete. */
export function upstreamHead(cx: EngineContext, request: Request, bytes: string): Action | null {
  const exchange = exchangeOf(request);
  if (exchange.headless) return openTunnel(cx, request, exchange);
  if (exchange.settings.proxy_http_version === '2')
    return invalid(cx, request, exchange, 'upstream sent no HTTP/2 frame');
  let from = exchange.headEnd;
  for (;;) {
    const head = parseResponse(bytes, from);
    if (head === null) return null;
    if (head === 'invalid') return invalid(cx, request, exchange, 'upstream sent invalid header');
    if (head === 'none') return answerWithoutHead(cx, request, exchange, from);
    if (head.status === earlyHints) {
      if (!head.modern)
        return invalid(cx, request, exchange, 'upstream sent HTTP/1.0 response with early hints');
      from = head.end;
      exchange.headEnd = from;
      passEarlyHints(cx, request, exchange, head.headers);
      continue;
    }
    if (head.status === 100) {
      from = head.end;
      exchange.headEnd = from;
      continue;
    }
    exchange.headEnd = head.end;
    exchange.status = head.status;
    exchange.reason = head.statusLine;
    exchange.headers = head.headers;
    exchange.attempt.status = head.status;
    const problem = readFraming(exchange, head.modern);
    if (problem !== null) return invalid(cx, request, exchange, problem);
    if (cx.rules.duplicatesIgnored) ignoreDuplicates(cx, request, exchange.headers);
    return decide(cx, request, exchange);
  }
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

function invalid(cx: EngineContext, request: Request, exchange: Exchange, message: string): Action {
  cx.world.log('error', message, request);
  return finish(cx, request, upstreamNext(cx, request, exchange, 'invalid_header'));
}

/** What is no HTTP/1.x answer goes through as it is. */
function answerWithoutHead(cx: EngineContext, request: Request, exchange: Exchange, from: number): Action {
  cx.world.log('error', 'upstream sent no valid HTTP/1.0 header', request);
  exchange.headEnd = from;
  exchange.status = 200;
  exchange.attempt.status = 200;
  request.httpVersion = 9;
  request.status = 200;
  request.keepalive = false;
  request.fromUpstream = true;
  return forward(cx, request, exchange);
}

/** Length, coding and connection of the answer; a text when nginx calls the header invalid. */
function readFraming(exchange: Exchange, modern: boolean): string | null {
  const { headers } = exchange;
  let length = -1;
  let chunked = false;
  let close = !modern;
  for (let at = 0; at < headers.length; at += 3) {
    const value = headers[at + 2]!;
    switch (headers[at + 1]) {
      case 'content-length':
        if (length !== -1) return 'upstream sent duplicate header line: "Content-Length"';
        if (chunked) return 'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time';
        length = parseContentLength(value);
        if (length === -1) return `upstream sent invalid "Content-Length" header: "${value}"`;
        break;
      case 'transfer-encoding':
        if (chunked) return 'upstream sent duplicate header line: "Transfer-Encoding"';
        if (length !== -1)
          return 'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time';
        if (value.toLowerCase() !== 'chunked') return `upstream sent unknown "Transfer-Encoding": "${value}"`;
        chunked = true;
        break;
      case 'connection':
        if (value.toLowerCase().includes('close')) close = true;
        break;
    }
  }
  exchange.chunked = chunked;
  exchange.declaredLength = chunked ? -1 : length;
  exchange.keepalive = !close;
  const { status } = exchange;
  const empty = status === 204 || status === 304 || exchange.method === 'HEAD';
  exchange.contentLength = empty ? 0 : chunked ? -1 : length;
  if (empty) exchange.chunked = false;
  if (!empty && !chunked && length === -1) exchange.keepalive = false;
  if (status === switchingProtocols) {
    exchange.keepalive = false;
    exchange.contentLength = -1;
    exchange.chunked = false;
  }
  return null;
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
    const before = headers.indexOf(headers[at + 1]!) - 1;
    const line = (index: number): string => `"${headers[index]}: ${headers[index + 2]}"`;
    cx.world.log(
      'warn',
      `upstream sent duplicate header line: ${line(at)}, previous value: ${line(before)}, ignored`,
      request,
    );
    headers.splice(at, 3);
    at -= 3;
  }
}

/** Another server, error pages, X-Accel-Redirect, or the answer itself. */
function decide(cx: EngineContext, request: Request, exchange: Exchange): Action {
  const { status } = exchange;
  if (status >= 300) {
    const fault = faultOfStatus(cx, request, exchange);
    if (fault !== null) return finish(cx, request, upstreamNext(cx, request, exchange, fault));
    if (exchange.settings.proxy_intercept_errors) {
      const page = request.location.errorPages.find(({ codes }) => codes.includes(status));
      if (page !== undefined) {
        if (status === 401) copyChallenges(request, exchange);
        if (request.trace !== null)
          traceAs(request, 'upstream', page.origin, `the upstream's ${status} is intercepted`);
        releasePeer(cx, request, exchange);
        return finish(cx, request, status);
      }
    }
  }
  headAccepted(cx, request, exchange);
  const accel = header(exchange.headers, 'x-accel-redirect');
  if (accel !== undefined && !exchange.settings.proxy_ignore_headers.includes('X-Accel-Redirect'))
    return accelRedirect(cx, request, exchange, accel);
  takeHeaders(request, exchange);
  if (status === switchingProtocols && request.upgrade) {
    if (request !== request.main) {
      cx.world.log('error', 'connection upgrade in subrequest', request);
      if (request.trace !== null)
        traceAs(request, 'upstream', -1, 'connection upgrade in subrequest: nginx closes the connection');
      releasePeer(cx, request, exchange);
      return (request.action = 'close');
    }
    return (request.action = 'tunnel');
  }
  return forward(cx, request, exchange);
}

/** `proxy_limit_rate` may depend on what the upstream said. */
function forward(cx: EngineContext, request: Request, exchange: Exchange): Action {
  exchange.readRate = sizeAtRunTime(cx, request, exchange.settings.proxy_limit_rate);
  return (request.action = 'forward');
}

function copyChallenges(request: Request, { headers }: Exchange): void {
  for (let at = 0; at < headers.length; at += 3)
    if (headers[at + 1] === 'www-authenticate') request.headersOut.push(headers[at]!, headers[at + 2]!);
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

/** ngx_http_upstream_process_headers: what goes on to the client, `only` some of them after X-Accel-Redirect. */
function takeHeaders(request: Request, exchange: Exchange, only: ReadonlySet<string> | null = null): void {
  const { rules } = exchange.proxy;
  const { hidden } = rules;
  const { headers, settings } = exchange;
  if (exchange.cacheable && only === null) exchange.cacheable = mayBeStored(exchange);
  const out = request.headersOut;
  for (let at = 0; at < headers.length; at += 3) {
    const name = headers[at]!;
    const lower = headers[at + 1]!;
    let value = headers[at + 2]!;
    if (lower.charCodeAt(2) === letterA && lower.startsWith('x-accel-'))
      takeAccel(request, exchange, lower, value, settings.proxy_ignore_headers);
    if (only !== null ? !only.has(lower) : hidden.has(lower)) continue;
    switch (lower) {
      case 'content-length':
      case 'connection':
      case 'keep-alive':
      case 'transfer-encoding':
        continue;
      case 'content-type':
        request.contentType = value;
        request.charset = '';
        continue;
      case 'etag':
        if (!exchange.cacheable) break;
        request.etag = value;
        continue;
      case 'accept-ranges':
        if (!exchange.cacheable) break;
        request.acceptRanges = true;
        continue;
      case 'location': {
        const made = rules.rewriteLocation(request, value, 0);
        if (made !== null) {
          value = made;
          if (made.startsWith('/') && request.location.core.absolute_redirect) {
            request.redirect = made;
            continue;
          }
        }
        break;
      }
      case 'refresh': {
        const url = /url=/i.exec(value);
        if (url !== null) value = rules.rewriteLocation(request, value, url.index + 4) ?? value;
        break;
      }
      case 'set-cookie':
        if (rules.rewriteCookie !== null) value = rules.rewriteCookie(request, value);
        break;
      case 'last-modified':
        request.lastModified = parseHttpDate(value) ?? -1;
        request.lastModifiedListed = true;
        break;
    }
    out.push(name, value);
  }
  request.serverPassed = !hidden.has('server');
  request.datePassed = !hidden.has('date');
  request.status = exchange.status;
  request.statusLine = exchange.reason;
  request.contentLengthOut = exchange.declaredLength;
  request.fromUpstream = true;
  if (settings.proxy_force_ranges) request.acceptRanges = true;
}

/** X-Accel-Limit-Rate and X-Accel-Buffering. */
function takeAccel(
  request: Request,
  exchange: Exchange,
  lower: string,
  value: string,
  ignored: readonly string[],
): void {
  const ignores = (name: string): boolean => ignored.some((each) => each.toLowerCase() === name);
  if (ignores(lower)) return;
  if (lower === 'x-accel-limit-rate' && /^\d+$/.test(value)) exchange.limitRate = Number(value);
  else if (lower === 'x-accel-buffering' && /^(yes|no)$/i.test(value))
    exchange.buffering = value.toLowerCase() === 'yes';
  else if (lower === 'x-accel-charset') request.overrideCharset = value;
}
