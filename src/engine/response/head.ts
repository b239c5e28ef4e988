import { printHttpDate } from '../algorithms/http-date.ts';
import type { EngineContext } from '../context.ts';
import { errorPageBody, statusText } from '../http/status.ts';
import { exchangeOf } from '../proxy/exchange.ts';
import type { Request } from '../request.ts';
import { conditionalStatus } from './conditional.ts';
import { applyRanges } from './ranges.ts';
import { changeValidators } from './entity.ts';
import { redirectOrigin } from './redirect-host.ts';

/** The head of the answer (ngx_http_send_header and its filters, in nginx's order). */
export function responseHead(cx: EngineContext, request: Request): string {
  prepareHead(cx, request);
  if (request.headFailed) return '';
  if (request !== request.main || request.httpVersion < 1000) {
    if (request !== request.main && request.method === 'HEAD') request.headerOnly = true;
    return '';
  }
  return writeHead(cx, request);
}

/** What filters change before the head is written. */
function prepareHead(cx: EngineContext, request: Request): void {
  if (request.errStatus !== 0) {
    request.status = request.errStatus;
    request.statusLine = '';
  }
  request.location.sliceFilter?.(request);
  if (request.headFailed) return;
  applyConditions(cx, request);
  request.location.headersFilter?.(request);
  for (const filter of request.location.headFilters) filter(request);
  applyRanges(request, () => boundary(cx));
  if (request.rangeNotSatisfiable) replaceByPage(cx, request, 416);
  chooseFraming(request);
  request.headerSent = true;
}

function applyConditions(cx: EngineContext, request: Request): void {
  if (request.status !== 200) return;
  // An upstream that got the conditions has answered them.
  if (request.fromUpstream && (request.upstream === null || !exchangeOf(request).cacheable)) return;
  const status = conditionalStatus(request);
  if (status === 304) {
    request.status = 304;
    request.statusLine = '';
    request.contentType = '';
    request.contentLengthOut = -1;
    request.acceptRanges = false;
    request.body = null;
  } else if (status === 412) {
    request.headersOut = [];
    request.serverPassed = request.datePassed = false;
    request.replaced = true;
    replaceByPage(cx, request, 412);
  }
}

/** ngx_http_filter_finalize_request with a built-in page. */
function replaceByPage(cx: EngineContext, request: Request, status: number): void {
  const body = errorPageBody(status, request.location.serverToken, cx.since);
  request.status = status;
  request.statusLine = '';
  request.contentType = 'text/html';
  request.charset = '';
  request.contentLengthOut = body.length;
  request.body = body;
  changeValidators(request, false);
  request.acceptRanges = false;
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
  if (request.httpVersion < 1001) request.keepalive = false;
  else if (request.location.core.chunked_transfer_encoding) {
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
  if (redirect !== null && !absolute) head += `Location: ${redirect}\r\n`;
  if (request.etag !== '' && !request.etagListed) head += `ETag: ${request.etag}\r\n`;
  const { headersOut } = request;
  for (let at = 0; at < headersOut.length; at += 2) head += `${headersOut[at]}: ${headersOut[at + 1]}\r\n`;
  return `${head}\r\n`;
}
