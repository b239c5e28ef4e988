import type { ModuleSettings } from '../../3-plan/schema.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate, Evaluator } from '../template.ts';
import type { Exchange } from './exchange.ts';
import { cacheEtag, cacheLastModified } from './cache-conditions.ts';
import { exchangeOf } from './exchange.ts';
import { upstreamUri } from './upstream-uri.ts';

/** The head for the upstream, made ready: what does not depend on the request is one text. */
export interface HeadWriter {
  /** Null when nginx could not make one: 500. */
  write(request: Request, exchange: Exchange): string | null;
}

/** What an HTTP/2 connection begins with. HTTP/2 towards upstreams is not spoken: compiling names it. */
const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A constant text, or a header that is left out while its value is empty. */
type Piece = string | { readonly name: string; readonly evaluate: Evaluator };

/** Headers that nginx sets itself unless `proxy_set_header` does (ngx_http_proxy_headers). */
function defaultHeaders(
  cx: EngineContext,
): [name: string, value: 'host' | 'close' | 'length' | 'chunked' | ''][] {
  const modern = cx.since('1.29.7');
  return [
    ['Host', modern ? '' : 'host'],
    ['Connection', modern ? '' : 'close'],
    ...(cx.since('1.31.0') ? ([['Proxy-Connection', '']] as const) : []),
    ['Content-Length', 'length'],
    ['Transfer-Encoding', 'chunked'],
    ['TE', ''],
    ['Keep-Alive', ''],
    ['Expect', ''],
    ['Upgrade', ''],
  ] as [string, 'host' | 'close' | 'length' | 'chunked' | ''][];
}

/** What asks the upstream whether an answer in the cache is still good (ngx_http_proxy_cache_headers). */
const cacheConditions = [
  ['If-Modified-Since', cacheLastModified],
  ['If-None-Match', cacheEtag],
] as const;

/** Not passed on with a cache: what they ask for is made here, of a whole answer. */
const conditionHeaders = [
  'if-modified-since',
  'if-unmodified-since',
  'if-none-match',
  'if-match',
  'range',
  'if-range',
];

const defaults: Readonly<Record<string, Evaluator>> = {
  host: (request) => request.upstream!.hostHeader,
  close: () => 'close',
  length: (request) => bodyLength(request),
  chunked: (request) => (request.upstream!.chunkedBody ? 'chunked' : ''),
};

/** `$proxy_internal_body_length`. */
function bodyLength(request: Request): string {
  const { ownBodyLength, chunkedBody } = exchangeOf(request);
  if (ownBodyLength >= 0) return String(ownBodyLength);
  return chunkedBody || request.contentLength < 0 ? '' : String(request.contentLength);
}

/** ngx_http_proxy_init_headers and ngx_http_proxy_create_request. */
export function compileHeadWriter(cx: EngineContext, settings: ModuleSettings<'proxy'>): HeadWriter {
  const hostFirst = cx.since('1.29.7');
  const keepsHost = cx.since('1.31.4');
  const own = settings.proxy_set_header.map(({ name, value }) => ({ name, value: cx.template(value) }));
  const hosts = own.filter(({ name }) => name.toLowerCase() === 'host');
  const hostValue: CompiledTemplate | null = hostFirst ? (hosts.at(-1)?.value ?? null) : null;
  const listed = hostFirst ? own.filter(({ name }) => name.toLowerCase() !== 'host') : own;
  const names = new Set(listed.map(({ name }) => name.toLowerCase()));
  const pieces: Piece[] = [];
  for (const { name, value } of listed) addPiece(pieces, name, value.constant, value.evaluate);
  for (const [name, value] of defaultHeaders(cx)) {
    if (names.has(name.toLowerCase())) continue;
    names.add(name.toLowerCase());
    if (value !== '') addPiece(pieces, name, value === 'close' ? 'close' : null, defaults[value]!);
  }
  const conditions: Piece[] = [];
  for (const [name, value] of cacheConditions)
    if (!names.has(name.toLowerCase()))
      addPiece(conditions, name, null, (request) => value(exchangeOf(request)) ?? '');
  const cacheNames = new Set([...names, ...conditionHeaders]);
  const version = settings.proxy_http_version === '1.0' ? ' HTTP/1.0\r\n' : ' HTTP/1.1\r\n';
  const fallbackHost = keepsHost && settings.proxy_http_version !== '1.0';
  const method = settings.proxy_method === '' ? null : cx.template(settings.proxy_method);
  const body = settings.proxy_set_body === null ? null : cx.template(settings.proxy_set_body);
  const passHeaders = settings.proxy_pass_request_headers;
  return {
    write(request, exchange) {
      if (settings.proxy_http_version === '2') return http2Preface;
      const verb = exchange.convertedMethod || (method === null ? request.method : method.evaluate(request));
      exchange.method = verb;
      const ownBody = body === null ? '' : body.evaluate(request);
      if (body !== null) exchange.ownBodyLength = ownBody.length;
      exchange.uri = upstreamUri(request, exchange);
      let head = `${verb} ${exchange.uri}${version}`;
      if (hostFirst) {
        let host = hostValue === null ? exchange.hostHeader : hostValue.evaluate(request);
        if (host === '' && fallbackHost) host = exchange.hostHeader;
        if (host !== '') head += `Host: ${host}\r\n`;
      }
      head += writePieces(pieces, request);
      if (exchange.cacheable) head += writePieces(conditions, request);
      if (passHeaders) {
        const { headers } = request;
        const replaced = exchange.cacheable ? cacheNames : names;
        for (let at = 0; at < headers.length; at += 3)
          if (!replaced.has(headers[at + 1]!)) head += `${headers[at]}: ${headers[at + 2]}\r\n`;
      }
      return `${head}\r\n${ownBody}`;
    },
  };
}

function writePieces(pieces: readonly Piece[], request: Request): string {
  let head = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      head += piece;
      continue;
    }
    const value = piece.evaluate(request);
    if (value !== '') head += `${piece.name}${value}\r\n`;
  }
  return head;
}

function addPiece(pieces: Piece[], name: string, constant: string | null, evaluate: Evaluator): void {
  if (constant === null) {
    pieces.push({ name: `${name}: `, evaluate });
    return;
  }
  if (constant === '') return;
  const text = `${name}: ${constant}\r\n`;
  if (typeof pieces.at(-1) === 'string') pieces[pieces.length - 1] += text;
  else pieces.push(text);
}
