import { printHttpDate } from '../algorithms/http-date.ts';
import type { EngineContext } from '../context.ts';
import type { Action } from '../api.ts';
import { statusText } from '../http/status.ts';
import { finish } from '../phases/run.ts';
import { exchangeOf } from '../proxy/exchange.ts';
import { releasePeer } from '../proxy/next.ts';
import type { Request } from '../request.ts';
import { conditionalStatus } from './conditional.ts';
import { applyRanges } from './ranges.ts';
import { redirectOrigin } from './redirect-host.ts';

/** The head of the answer (ngx_http_send_header and its filters, in nginx's order); null: `request.action` says what comes in its place. */
export function responseHead(cx: EngineContext, request: Request): string | null {
  if (!prepareHead(cx, request)) return null;
  if (request.headFailed) return '';
  if (request !== request.main || request.httpVersion < 1000) {
    if (request !== request.main && request.method === 'HEAD') request.headerOnly = true;
    return '';
  }
  return writeHead(cx, request);
}

/** What filters change before the head is written; false when something else comes in the place of this answer. */
function prepareHead(cx: EngineContext, request: Request): boolean {
  if (request.errStatus !== 0) {
    request.status = request.errStatus;
    request.statusLine = '';
  }
  request.location.sliceFilter?.(request);
  if (request.headFailed) return true;
  if (request.status === 200 && !conditionsHold(cx, request)) return false;
  request.location.headersFilter?.(request);
  for (const filter of request.location.headFilters) filter(request);
  applyRanges(cx, request, () => boundary(cx));
  if (request.rangeNotSatisfiable) {
    request.rangeNotSatisfiable = false;
    replaceBy(cx, request, 416);
    return false;
  }
  chooseFraming(request);
  request.headerSent = true;
  return true;
}

/** Makes a 304 of an answer that the client has, and gives false for one that it does not want: 412 comes in its place. */
function conditionsHold(cx: EngineContext, request: Request): boolean {
  // An upstream that got the conditions has answered them.
  if (request.fromUpstream && (request.upstream === null || !exchangeOf(request).cacheable)) return true;
  const status = conditionalStatus(request);
  if (status === 304) {
    request.status = 304;
    request.statusLine = '';
    request.contentType = '';
    request.contentLengthOut = -1;
    request.acceptRanges = false;
    request.body = null;
  } else if (status === 412) {
    cleanHead(request);
    request.replaced = true;
    // What would have to be waited for comes too late: nginx ends the connection.
    if (replaceBy(cx, request, 412) !== 'respond') request.action = 'close';
    return false;
  }
  return true;
}

/** ngx_http_clean_header. */
function cleanHead(request: Request): void {
  request.status = 0;
  request.headersOut = [];
  request.trailersOut = [];
  request.serverPassed = request.datePassed = false;
  request.etag = '';
  request.etagListed = request.lastModifiedListed = false;
  request.lastModified = -1;
  request.redirect = null;
  request.redirectListed = false;
  request.contentLengthOut = -1;
}

/** Ends the request with an error page instead, of nginx's own or of `error_page`. */
function replaceBy(cx: EngineContext, request: Request, status: number): Action {
  if (request.upstream !== null) releasePeer(cx, request, exchangeOf(request));
  request.fromUpstream = false;
  request.statusLine = '';
  request.body = null;
  // Filters of the body belong to the answer that is not sent (ngx_http_filter_finalize_request clears their contexts).
  request.bodyFilter = null;
  return (request.action = finish(cx, request, status));
}

function boundary(cx: EngineContext): string {
  return String(Math.floor(cx.world.random() * 0xffff_ffff)).padStart(20, '0');
}

/** ngx_http_chunked_header_filter. */
function chooseFraming(request: Request): void {
  const { status } = request;
  if (
    status === 304 ||
    status === 204 ||
    status < 200 ||
    request !== request.main ||
    request.method === 'HEAD' ||
    (request.method === 'CONNECT' && status < 300)
  )
    return;
  if (request.contentLengthOut !== -1 && !request.expectTrailers) return;
  if (request.httpVersion >= 1001 && request.location.core.chunked_transfer_encoding) {
    if (request.expectTrailers) request.contentLengthOut = -1;
    request.chunked = true;
  } else if (request.contentLengthOut === -1) request.keepalive = false;
}

/** ngx_http_header_filter. */
function writeHead(cx: EngineContext, request: Request): string {
  const { location } = request;
  const { core } = location;
  const { status } = request;
  if (request.method === 'HEAD') request.headerOnly = true;
  if (status !== 200 && status !== 206 && status !== 304) request.lastModified = -1;
  // The status line of an upstream keeps the upstream's Content-Type and Content-Length.
  if (status === 204 && request.statusLine === '') {
    request.headerOnly = true;
    request.contentType = '';
    request.lastModified = -1;
    request.contentLengthOut = -1;
  } else if (status === 304) request.headerOnly = true;
  let head = `HTTP/1.1 ${request.statusLine !== '' ? request.statusLine : statusText(status, cx.since)}\r\n`;
  if (!request.serverPassed) head += `Server: ${location.serverToken}\r\n`;
  if (!request.datePassed) head += `Date: ${cx.world.httpDate()}\r\n`;
  if (request.contentType !== '')
    head +=
      request.charset === ''
        ? `Content-Type: ${request.contentType}\r\n`
        : `Content-Type: ${request.contentType}; charset=${request.charset}\r\n`;
  if (request.contentLengthOut >= 0) head += `Content-Length: ${request.contentLengthOut}\r\n`;
  if (request.lastModified !== -1 && !request.lastModifiedListed)
    head += `Last-Modified: ${printHttpDate(request.lastModified)}\r\n`;
  const { redirect } = request;
  const absolute = redirect !== null && redirect.startsWith('/') && core.absolute_redirect;
  if (absolute) {
    // $sent_http_location shows what was sent.
    request.redirect = redirectOrigin(request) + redirect;
    head += `Location: ${request.redirect}\r\n`;
  }
  if (request.chunked) head += 'Transfer-Encoding: chunked\r\n';
  if (status === 101) head += 'Connection: upgrade\r\n';
  else if (request.keepalive) {
    const { header } = core.keepalive_timeout;
    head +=
      header > 0
        ? `Connection: keep-alive\r\nKeep-Alive: timeout=${header}\r\n`
        : 'Connection: keep-alive\r\n';
  } else head += 'Connection: close\r\n';
  if (request.gzipVary && location.gzip.gzip_vary) head += 'Vary: Accept-Encoding\r\n';
  if (redirect !== null && !absolute && !request.redirectListed) head += `Location: ${redirect}\r\n`;
  if (request.etag !== '' && !request.etagListed) head += `ETag: ${request.etag}\r\n`;
  const { headersOut } = request;
  for (let at = 0; at < headersOut.length; at += 2) head += `${headersOut[at]}: ${headersOut[at + 1]}\r\n`;
  return `${head}\r\n`;
}
