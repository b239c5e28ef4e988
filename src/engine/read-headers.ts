import { chooseServer } from './choose-server.ts';
import type { EngineContext } from './context.ts';
import { parseContentLength } from './http/content-length.ts';
import { headerInvalid, headerRefused, takeHeaderLine } from './http/headers.ts';
import { validateHost } from './http/validate-host.ts';
import type { Request } from './request.ts';

const badRequest = 400;
const notAllowed = 405;
const headerTooLarge = 494;
const notImplemented = 501;
const httpVersion10 = 1000;
const httpVersion11 = 1001;

/** Headers that nginx refuses to see twice (ngx_http_process_unique_header_line). */
const unique: ReadonlySet<string> = new Set([
  'if-modified-since',
  'if-unmodified-since',
  'if-match',
  'if-none-match',
  'content-length',
  'content-range',
  'if-range',
  'transfer-encoding',
  'expect',
  'authorization',
  'proxy-authorization',
]);

interface Buffers {
  readonly number: number;
  readonly size: number;
}

/**
 * Reads header lines into the request, from offset `from` of `bytes` up to the empty line (ngx_http_process_request_headers).
 *
 * @returns 0; -1 when the empty line has not come yet; or the status to refuse the request with
 */
export function readHeaders(
  cx: EngineContext,
  request: Request,
  bytes: string,
  from: number,
  buffers: Buffers,
): number {
  let at = from;
  let count = 0;
  const limit = buffers.number * buffers.size;
  const { headers } = request;
  const zero = bytes.indexOf('\0', from);
  for (;;) {
    const end = bytes.indexOf('\n', at);
    if (end === -1 || end - at >= buffers.size || end - from > limit) {
      if (end === -1 && bytes.length - at < buffers.size && bytes.length - from <= limit) return -1;
      request.headEnd = bytes.length;
      request.requestLength += at - from;
      cx.world.log('info', 'client sent too long header line', request);
      return headerTooLarge;
    }
    const code = bytes.charCodeAt(at);
    if (code === 10 || (code === 13 && end === at + 1)) {
      request.headEnd = end + 1;
      request.requestLength += request.headEnd - from;
      return 0;
    }
    const { core } = request.location;
    const line = takeHeaderLine(headers, bytes, at, end, core.underscores_in_headers, zero);
    const start = at;
    at = end + 1;
    if (line === headerRefused) {
      request.headEnd = at;
      request.requestLength += start - from;
      cx.world.log('info', 'client sent invalid header line', request);
      return badRequest;
    }
    if (line === headerInvalid && core.ignore_invalid_headers) {
      cx.world.log('info', `client sent invalid header line: "${headers.at(-3)}"`, request);
      headers.length -= 3;
      continue;
    }
    if (core.max_headers !== 0 && ++count > core.max_headers) {
      request.headEnd = at;
      request.requestLength += at - from;
      return headerTooLarge;
    }
    const status = takeHeader(cx, request, headers[headers.length - 2]!, headers[headers.length - 1]!);
    if (status !== 0) {
      request.headEnd = at;
      request.requestLength += at - from;
      return status;
    }
  }
}

/** What nginx does with a header as soon as it has read it; it is the last of the list. */
function takeHeader(cx: EngineContext, request: Request, lower: string, value: string): number {
  switch (lower) {
    case 'host':
      return takeHost(cx, request, value);
    case 'connection':
      if (/close/i.test(value)) request.connectionHeader = 'close';
      else if (/keep-alive/i.test(value)) request.connectionHeader = 'keep-alive';
      return 0;
    case 'upgrade':
      request.upgrade = true;
      return 0;
    case 'user-agent':
      // Of several the first one counts.
      if (!hasHeader(request, lower, request.headers.length - 3)) takeUserAgent(request, value);
      return 0;
  }
  if (unique.has(lower) && hasHeader(request, lower, request.headers.length - 3)) {
    cx.world.log('info', `client sent duplicate header line: "${lower}: ${value}"`, request);
    request.headers.length -= 3;
    return badRequest;
  }
  return 0;
}

/** Whether a header is among the first `length / 3` lines. */
function hasHeader({ headers }: Request, lower: string, length: number): boolean {
  for (let at = 1; at < length; at += 3) if (headers[at] === lower) return true;
  return false;
}

/** ngx_http_process_host. */
function takeHost(cx: EngineContext, request: Request, value: string): number {
  if (hasHeader(request, 'host', request.headers.length - 3)) {
    cx.world.log('info', `client sent duplicate host header: "Host: ${value}"`, request);
    request.headers.length -= 3;
    return badRequest;
  }
  const valid = validateHost(value, cx.rules.strictHosts);
  if (valid === null) {
    cx.world.log('info', 'client sent invalid host header', request);
    return badRequest;
  }
  if (request.host !== '') return 0;
  request.host = valid.host;
  request.port = valid.port;
  return chooseServer(cx, request, valid.host);
}

/** ngx_http_process_user_agent. */
function takeUserAgent(request: Request, value: string): void {
  const msie = value.indexOf('MSIE ');
  if (msie !== -1 && msie + 7 < value.length) {
    request.msie = true;
    const version = value[msie + 5]!;
    if (value[msie + 6] === '.')
      request.msie6 =
        version === '4' || version === '5' || (version === '6' && !value.slice(msie + 8).includes('SV1'));
  }
  if (value.includes('Opera')) {
    request.msie = false;
    request.msie6 = false;
    return;
  }
  if (request.msie) return;
  if (value.includes('Chrome/')) request.chrome = true;
  else if (value.includes('Safari/') && value.includes('Mac OS X')) request.safari = true;
}

/** ngx_http_process_request_header. */
export function checkHeaders(cx: EngineContext, request: Request): number {
  const { headers } = request;
  if (request.host === '') {
    const refused = chooseServer(cx, request, '');
    if (refused !== 0) return refused;
  }
  let coding: string | null = null;
  let length: string | null = null;
  for (let at = 1; at < headers.length; at += 3) {
    if (headers[at] === 'content-length') length = headers[at + 1]!;
    else if (headers[at] === 'transfer-encoding') coding = headers[at + 1]!;
    else if (headers[at] === 'expect' && headers[at + 1]!.toLowerCase() === '100-continue')
      request.expectContinue = request.httpVersion > httpVersion10;
  }
  const refuse = (status: number, message: string): number => {
    cx.world.log('info', message, request);
    return status;
  };
  if (request.httpVersion > httpVersion10 && !hasHeader(request, 'host', headers.length))
    return refuse(badRequest, 'client sent HTTP/1.1 request without "Host" header');
  if (length !== null) {
    request.contentLength = parseContentLength(length);
    if (request.contentLength === -1)
      return refuse(badRequest, 'client sent invalid "Content-Length" header');
  }
  if (coding !== null) {
    if (request.httpVersion < httpVersion11)
      return refuse(badRequest, 'client sent HTTP/1.0 request with "Transfer-Encoding" header');
    if (coding.toLowerCase() !== 'chunked')
      return refuse(notImplemented, `client sent unknown "Transfer-Encoding": "${coding}"`);
    if (length !== null)
      return refuse(
        badRequest,
        'client sent "Content-Length" and "Transfer-Encoding" headers at the same time',
      );
    request.chunkedRequest = true;
  }
  if (request.method === 'CONNECT') {
    if (request.httpVersion !== httpVersion11 || !request.server.takesConnect)
      return refuse(notAllowed, 'client sent CONNECT method');
    if (request.hasBody) return refuse(badRequest, 'client sent CONNECT request with body');
  }
  if (request.method === 'TRACE') return refuse(notAllowed, 'client sent TRACE method');
  return 0;
}
