import type { Connection } from './api.ts';
import { chooseServer, serverTable, useServer } from './choose-server.ts';
import type { EngineContext } from './context.ts';
import { tlsRefusal } from './http/tls-refusal.ts';
import { isComplex, normalizeUri } from './http/normalize-uri.ts';
import { isHttp09, parseRequestLine } from './http/request-line.ts';
import { validateHost } from './http/validate-host.ts';
import { finish, run } from './phases/run.ts';
import { phases } from './phases/phase.ts';
import { Request } from './request.ts';
import { checkHeaders, readHeaders } from './read-headers.ts';
import { trace } from './trace.ts';
import { setUri } from './uri.ts';

const badRequest = 400;
const uriTooLarge = 414;
const httpVersion10 = 1000;

function newRequest(cx: EngineContext, connection: Connection): Request {
  const request = new Request(connection, null);
  request.startedAt = cx.world.now();
  request.startedMonotonic = cx.world.monotonic();
  useServer(cx, request, serverTable(cx, connection.listen).default);
  return request;
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
  request.pipelined = connection.pipelined;
  if (status !== 0) {
    request.keepalive = false;
    request.lingeringClose = true;
    if (request.trace !== null) trace(request, -1, `the request is refused: ${status}`);
    request.action = finish(cx, request, status);
    return request;
  }
  request.activity = '';
  request.keepalive = connectionKept(request);
  request.lingeringClose = request.hasBody;
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
  if (request.method === 'CONNECT') return false;
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
  request.requestLine = /[^\r\n]*/.exec(bytes.slice(from).trimStart())![0];
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
  request.activity = `reading client ${request.connection.pipelined ? 'pipelined ' : ''}request line`;
  const lineEnd = bytes.indexOf('\n', start);
  if (lineEnd === -1 || lineEnd - start >= size) {
    if (lineEnd === -1 && bytes.length - start < size) return partialLine(request, bytes, start);
    request.headEnd = bytes.length;
    request.requestLine = /[^\r\n]*/.exec(bytes.slice(start, start + size))![0];
    request.httpVersion = httpVersion10;
    cx.world.log('info', 'client sent too long URI', request);
    return uriTooLarge;
  }
  const lineStop = bytes[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  const line = bytes.slice(start, lineStop);
  request.requestLine = line;
  request.headEnd = lineEnd + 1;
  const status = takeRequestLine(cx, request, line);
  // A line that is no request line counts nothing.
  if (request.method !== '') request.requestLength = request.headEnd - start;
  if (status !== 0) return status;
  if (request.httpVersion < httpVersion10) {
    return request.host === '' ? chooseServer(cx, request, '') : 0;
  }
  request.activity = 'reading client request headers';
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
  const parsed = parseRequestLine(line, cx.rules.connectWithAuthority);
  if (typeof parsed === 'number') {
    // What was read before the fault still counts: HEAD gets no body, a line without a version no head.
    request.headerOnly = line.startsWith('HEAD ');
    request.httpVersion = parsed === 400 && isHttp09(line) ? 9 : httpVersion10;
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
  if (!takeUri(request, parsed.target)) {
    cx.world.log('info', 'client sent invalid request', request);
    return badRequest;
  }
  request.unparsedUri = parsed.target;
  request.validUnparsedUri = !parsed.emptyPath;
  if (parsed.host !== null) {
    const valid = validateHost(parsed.host, cx.rules.strictHosts);
    if (valid === null) {
      cx.world.log('info', 'client sent invalid host in request line', request);
      return badRequest;
    }
    request.port = valid.port;
    request.host = valid.host;
    return chooseServer(cx, request, valid.host);
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
