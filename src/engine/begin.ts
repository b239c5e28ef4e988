import type { Connection } from './api.ts';
import type { EngineContext } from './context.ts';
import { headerInvalid, headerRefused, takeHeaderLine } from './http/headers.ts';
import { tlsRefusal } from './http/tls-refusal.ts';
import { isComplex, normalizeUri } from './http/normalize-uri.ts';
import { isHttp09, parseRequestLine } from './http/request-line.ts';
import { validateHost } from './http/validate-host.ts';
import { finish, run } from './phases/run.ts';
import { phases } from './phases/phase.ts';
import { Request } from './request.ts';
import type { ServerTable } from './servers.ts';
import { buildServerTable } from './servers.ts';
import { trace } from './trace.ts';
import { setUri } from './uri.ts';

const badRequest = 400;
const notAllowed = 405;
const uriTooLarge = 414;
const headerTooLarge = 494;
const notImplemented = 501;
const httpVersion10 = 1000;
const httpVersion11 = 1001;

export function serverTable(cx: EngineContext, listen: number): ServerTable {
  return (cx.serverTables[listen] ??= buildServerTable(cx, listen));
}

function newRequest(cx: EngineContext, connection: Connection): Request {
  const request = new Request(connection, null);
  request.startedAt = cx.world.now();
  request.startedMonotonic = cx.world.monotonic();
  useServer(cx, request, serverTable(cx, connection.listen).default);
  return request;
}

function useServer(cx: EngineContext, request: Request, index: number): void {
  request.server = cx.server(index);
  request.location = request.server.root;
}

/** Reads a head and runs the request; see {@link Engine.begin}. `traced` records the steps. */
export function begin(
  cx: EngineContext,
  connection: Connection,
  bytes: string,
  from: number,
  traced: boolean,
): Request | null {
  let start = from;
  while (bytes[start] === '\r' || bytes[start] === '\n') start++;
  const request = newRequest(cx, connection);
  if (traced) request.trace = [];
  const status = readHead(cx, request, bytes, start);
  if (status === -1) return null;
  connection.requests++;
  request.requestLength = request.headEnd - from;
  if (status !== 0) {
    request.keepalive = false;
    request.lingeringClose = true;
    if (request.trace !== null) trace(request, -1, `the request is refused: ${status}`);
    request.action = finish(cx, request, status);
    return request;
  }
  request.keepalive = connectionKept(request);
  request.lingeringClose = request.contentLength > 0 || request.chunkedRequest;
  const refusal = tlsRefusal(cx, request);
  if (refusal !== 0) {
    request.action = finish(cx, request, refusal);
    return request;
  }
  request.phase = phases.postRead;
  request.action = run(cx, request);
  return request;
}

/** ngx_http_handler: what the client and its HTTP version ask for. */
function connectionKept(request: Request): boolean {
  if (request.connectionHeader === 'close') return false;
  if (request.connectionHeader === 'keep-alive') return true;
  return request.httpVersion > httpVersion10;
}

/** Ends a request whose head did not come in time or was given up. */
export function abandon(
  cx: EngineContext,
  connection: Connection,
  bytes: string,
  from: number,
  status: 400 | 408,
): Request | null {
  if (from >= bytes.length) return null;
  const request = newRequest(cx, connection);
  connection.requests++;
  const end = bytes.indexOf('\n', from);
  if (end !== -1) request.requestLine = bytes.slice(from, end).replace(/\r$/, '');
  request.requestLength = bytes.length - from;
  request.headEnd = bytes.length;
  request.keepalive = false;
  if (status === 408) {
    request.abortedStatus = status;
    request.status = status;
    request.action = 'close';
  } else request.action = finish(cx, request, status);
  return request;
}

/** Gives 0 when the head was read, -1 when more is needed, else the status of the refusal (ngx_http_process_request_line and …_headers). */
function readHead(cx: EngineContext, request: Request, bytes: string, start: number): number {
  const { number, size } = request.location.core.large_client_header_buffers;
  const lineEnd = bytes.indexOf('\n', start);
  if (lineEnd === -1 || lineEnd - start >= size) {
    if (lineEnd === -1 && bytes.length - start < size) return partialLine(request, bytes, start);
    request.headEnd = bytes.length;
    cx.world.log('info', 'client sent too long URI', request);
    return uriTooLarge;
  }
  const lineStop = bytes[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  const line = bytes.slice(start, lineStop);
  request.requestLine = line;
  request.headEnd = lineEnd + 1;
  const status = takeRequestLine(cx, request, line);
  if (status !== 0) return status;
  if (request.httpVersion < httpVersion10) {
    if (request.host === '') chooseServer(cx, request, '');
    return 0;
  }
  const read = readHeaders(cx, request, bytes, lineEnd + 1, { number, size });
  return read === 0 ? checkHeaders(cx, request) : read;
}

const methodStart = /^(?:[A-Z_-]+(?: |$)|$)/;

/** What nginx sees is wrong before the line is complete. */
function partialLine(request: Request, bytes: string, start: number): number {
  const line = bytes.slice(start, start + 64);
  if (methodStart.test(line)) return -1;
  request.headEnd = bytes.length;
  request.requestLine = bytes.slice(start);
  return badRequest;
}

function takeRequestLine(cx: EngineContext, request: Request, line: string): number {
  const parsed = parseRequestLine(line, cx.since('1.31.0'));
  if (typeof parsed === 'number') {
    // What was read before the fault still counts: HEAD gets no body, a line without a version no head.
    request.method = /^[A-Z_-]+(?= )/.exec(line)?.[0] ?? '';
    if (parsed === 400 && isHttp09(line)) request.httpVersion = 9;
    cx.world.log(
      'info',
      parsed === 505 ? 'client sent invalid version' : 'client sent invalid request',
      request,
    );
    return parsed;
  }
  request.method = parsed.method;
  request.httpVersion = parsed.version;
  request.protocol = parsed.protocol;
  request.unparsedUri = parsed.target;
  request.validUnparsedUri = !parsed.emptyPath;
  if (!takeUri(request, parsed.target)) {
    cx.world.log('info', 'client sent invalid request', request);
    return badRequest;
  }
  if (parsed.host !== null) {
    const valid = validateHost(parsed.host, cx.since('1.29.4'));
    if (valid === null) {
      cx.world.log('info', 'client sent invalid host in request line', request);
      return badRequest;
    }
    request.port = valid.port;
    chooseServer(cx, request, valid.host);
    request.host = valid.host;
  }
  return 0;
}

/** ngx_http_process_request_uri. */
function takeUri(request: Request, target: string): boolean {
  const question = target.indexOf('?');
  const raw = question === -1 ? target : target.slice(0, question);
  request.plusInUri = raw.includes('+');
  if (isComplex(target)) {
    request.quotedUri = raw.includes('%');
    request.complexUri = true;
    const normal = normalizeUri(target, request.location.core.merge_slashes);
    if (normal === null) return false;
    request.args = normal.args;
    setUri(request, normal.path);
    return true;
  }
  request.args = question === -1 ? '' : target.slice(question + 1);
  setUri(request, raw);
  return true;
}

function chooseServer(cx: EngineContext, request: Request, host: string): void {
  const table = serverTable(cx, request.connection.listen);
  const index = table.find(host, request);
  useServer(cx, request, index);
  if (request.trace !== null)
    request.trace.push({
      phase: 'server',
      origin: request.server.plan.origin,
      message: `server "${request.server.name}" for host "${host}"${index === table.default ? ' (default server of the address)' : ''}`,
    });
}

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

function readHeaders(
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
  for (;;) {
    const end = bytes.indexOf('\n', at);
    if (end === -1 || end - at >= buffers.size || end - from > limit) {
      if (end === -1 && bytes.length - at < buffers.size && bytes.length - from <= limit) return -1;
      request.headEnd = bytes.length;
      cx.world.log('info', 'client sent too long header line', request);
      return headerTooLarge;
    }
    const code = bytes.charCodeAt(at);
    if (code === 10 || (code === 13 && end === at + 1)) {
      request.headEnd = end + 1;
      return 0;
    }
    const { core } = request.location;
    const line = takeHeaderLine(headers, bytes, at, end, core.underscores_in_headers);
    at = end + 1;
    if (line === headerRefused) {
      request.headEnd = at;
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
      return headerTooLarge;
    }
    const status = takeHeader(cx, request, headers[headers.length - 2]!, headers[headers.length - 1]!);
    if (status !== 0) {
      request.headEnd = at;
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
      takeUserAgent(request, value);
      return 0;
  }
  if (unique.has(lower) && hasHeader(request, lower, request.headers.length - 3)) {
    cx.world.log('info', `client sent duplicate header line: "${lower}: ${value}"`, request);
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
    return badRequest;
  }
  const valid = validateHost(value, cx.since('1.29.4'));
  if (valid === null) {
    cx.world.log('info', 'client sent invalid host header', request);
    return badRequest;
  }
  if (request.host !== '') return 0;
  chooseServer(cx, request, valid.host);
  request.host = valid.host;
  request.port = valid.port;
  return 0;
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
function checkHeaders(cx: EngineContext, request: Request): number {
  const { headers } = request;
  if (request.host === '') chooseServer(cx, request, '');
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
    if (!/^\d{1,18}$/.test(length)) return refuse(badRequest, 'client sent invalid "Content-Length" header');
    request.contentLength = Number(length);
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
  if (request.method === 'CONNECT') return refuse(notAllowed, 'client sent CONNECT method');
  if (request.method === 'TRACE') return refuse(notAllowed, 'client sent TRACE method');
  return 0;
}
