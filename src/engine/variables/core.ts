import { decodeBase64 } from '../algorithms/base64.ts';
import { binaryAddress, parseIp } from '../algorithms/inet.ts';
import { parseSize } from '../algorithms/parse-size.ts';
import type { EngineContext } from '../context.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import { documentRoot, requestFilename } from '../static/path.ts';
import { errnoText } from '../../system/errno.ts';
import { lines } from './headers.ts';
import { isoTime, localTime, perSecond, seconds } from './time.ts';
import type { Target } from '../proxy/target.ts';
import type { Variables } from './variables.ts';

type Get = (request: Request) => string | null;

/** Variables that may change and whose first value is kept nevertheless (those without NGX_HTTP_VAR_NOCACHEABLE). */
const kept: ReadonlySet<string> = new Set([
  'remote_addr',
  'remote_port',
  'binary_remote_addr',
  'request_body',
  'request_body_file',
  'request_completion',
  'bytes_sent',
  'body_bytes_sent',
]);

/** Variables of ngx_http_core_module, and of the proxy module outside its heads. */
export function defineCoreVariables(variables: Variables, cx: EngineContext): void {
  const { world } = cx;
  const timeLocal = perSecond(localTime);
  const timeIso8601 = perSecond(isoTime);
  const plain: Record<string, Get> = {
    uri: (r) => (r.main.method === '' ? null : r.uri),
    document_uri: (r) => (r.main.method === '' ? null : r.uri),
    request_uri: (r) => r.main.unparsedUri || null,
    args: (r) => r.args || null,
    query_string: (r) => r.args || null,
    is_args: (r) => (r.args === '' ? '' : '?'),
    request: (r) => r.main.requestLine || null,
    scheme: (r) => (r.connection.tls === null ? 'http' : 'https'),
    https: (r) => (r.connection.tls === null ? '' : 'on'),
    host: (r) => (r.main.host !== '' ? r.main.host : r.server.name),
    request_port: (r) => r.main.port,
    is_request_port: (r) => (r.main.port === '' ? '' : ':'),
    server_name: (r) => r.server.name,
    server_addr: (r) => r.connection.serverAddress,
    server_port: (r) => String(r.connection.serverPort),
    server_protocol: (r) => r.main.protocol || null,
    remote_addr: (r) => r.connection.remoteAddress,
    remote_port: (r) => (r.connection.remotePort === 0 ? '' : String(r.connection.remotePort)),
    binary_remote_addr: (r) => {
      const address = parseIp(r.connection.remoteAddress);
      return address === null ? r.connection.remoteAddress : binaryAddress(address);
    },
    connection: (r) => String(r.connection.serial),
    connection_requests: (r) => String(r.connection.requests),
    connection_time: (r) => seconds(world.now() - r.connection.startedAt),
    pipe: (r) => (r.main.pipelined ? 'p' : '.'),
    document_root: (r) => documentRoot(r),
    realpath_root: (r) => realRoot(r, world),
    request_filename: (r) => requestFilename(r),
    content_type: (r) => lines(r.headers, 'content-type', cx.since('1.23.0') ? ', ' : null),
    remote_user: (r) => remoteUser(r),
    // A body of no bytes is not read, and is there all the same once an upstream has been asked.
    request_body({ main, requestBody }) {
      // A subrequest that began before the body was read has none.
      if (requestBody !== main.requestBody) return null;
      return requestBody?.bytes() ?? (main.contentLength === 0 && main.upstream !== null ? '' : null);
    },
    request_body_file: (r) => r.requestBody?.file ?? null,
    request_completion: (r) => (r.completed ? 'OK' : ''),
    request_length: (r) => String(r.main.requestLength),
    request_time: (r) => seconds(world.monotonic() - r.startedMonotonic),
    bytes_sent: (r) => String(r.main.bytesSent),
    body_bytes_sent: (r) => String(r.main.bodyBytesSent),
    status: (r) => String(finalStatus(r)).padStart(3, '0'),
    time_local: () => timeLocal(world.now()),
    time_iso8601: () => timeIso8601(world.now()),
    msec: () => seconds(world.now()),
    hostname: () => world.hostname,
    pid: () => String(world.pid),
    nginx_version: () => cx.plan.target,
    limit_rate: (r) => String(r.limitRate ?? 0),
    proxy_protocol_addr: (r) => r.connection.proxyProtocol?.sourceAddress ?? null,
    proxy_protocol_port: (r) => portText(r.connection.proxyProtocol?.sourcePort),
    proxy_protocol_server_addr: (r) => r.connection.proxyProtocol?.destinationAddress ?? null,
    proxy_protocol_server_port: (r) => portText(r.connection.proxyProtocol?.destinationPort),
    proxy_add_x_forwarded_for: (r) => {
      const before = lines(r.headers, 'x-forwarded-for', ', ');
      return before === null ? r.connection.remoteAddress : `${before}, ${r.connection.remoteAddress}`;
    },
    proxy_host: (r) => proxied(r)?.hostHeader ?? null,
    proxy_port: (r) => proxied(r)?.portText ?? null,
    tcpinfo_rtt: () => null,
    tcpinfo_rttvar: () => null,
    tcpinfo_snd_cwnd: () => null,
    tcpinfo_rcv_space: () => null,
  };
  for (const [name, get] of Object.entries(plain)) variables.define(name, { get, cached: kept.has(name) });
  variables.define('content_length', {
    get: (r) =>
      lines(r.headers, 'content-length', null) ?? (r.contentLength >= 0 ? String(r.contentLength) : null),
    cached: true,
    unsettled: (r) => r.chunkedRequest,
  });
  const setArgs = (request: Request, value: string): void => {
    request.args = value;
    request.validUnparsedUri = false;
  };
  variables.define('args', { get: plain.args!, cached: false, set: setArgs });
  variables.define('limit_rate', {
    get: plain.limit_rate!,
    cached: false,
    set: (request, value) => {
      const rate = parseSize(value);
      if (rate === null) world.log('error', `invalid $limit_rate "${value}"`, request);
      else request.main.limitRate = rate;
    },
  });
  variables.define('request_method', { get: (r) => r.main.method || null, cached: false });
  variables.define('request_id', { get: () => requestId(world), cached: true });
  variables.family('ssl_', (suffix) => ({
    cached: false,
    get: (request) => request.connection.tls?.variable(suffix) ?? null,
  }));
  variables.family('proxy_protocol_tlv_', (suffix) => ({
    cached: false,
    get: (request) => tlv(request, suffix),
  }));
}

/** ngx_http_variable_realpath_root. */
function realRoot(request: Request, world: EngineContext['world']): string | null {
  const path = documentRoot(request);
  const real = world.files.realpath(path);
  if ('path' in real) return real.path;
  world.log('crit', `realpath() "${path}" failed ${errnoText(real.error)}`, request);
  return null;
}

function portText(port: number | undefined): string | null {
  return port === undefined ? null : String(port);
}

/** What the answer says, or will say. */
export function finalStatus(request: Request): number {
  if (request.abortedStatus !== 0 && !request.headerSent) return request.abortedStatus;
  if (request.errStatus !== 0) return request.errStatus;
  if (request.status !== 0) return request.status;
  return request.httpVersion === 9 ? 9 : 0;
}

function requestId(world: EngineContext['world']): string {
  let id = '';
  for (let at = 0; at < 4; at++)
    id += Math.floor(world.random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return id;
}

/** ngx_http_auth_basic_user; null also where the user has no name. */
export function basicCredentials(request: Request): { user: string; password: string } | null {
  const value = header(
    request.headers,
    request.method === 'CONNECT' ? 'proxy-authorization' : 'authorization',
  );
  if (value === undefined || !/^basic +/i.test(value)) return null;
  const encoded = value.replace(/^basic +/i, '');
  const decoded = decodeBase64(encoded) ?? '';
  const colon = decoded.indexOf(':');
  return colon <= 0 ? null : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function remoteUser(request: Request): string | null {
  return basicCredentials(request.main)?.user ?? null;
}

const tlvTypes: Readonly<Record<string, number>> = {
  alpn: 1,
  authority: 2,
  unique_id: 5,
  ssl: 32,
  netns: 48,
};
const sslTlvTypes: Readonly<Record<string, number>> = {
  version: 33,
  cn: 34,
  cipher: 35,
  sig_alg: 36,
  key_alg: 37,
};
/** `client` (1 byte) and `verify` (4 bytes) come before the TLVs inside of the `ssl` one. */
const sslTlvHead = 5;

/** ngx_proxy_protocol_get_tlv. */
function tlv(request: Request, name: string): string | null {
  const tlvs = request.connection.proxyProtocol?.tlvs;
  if (tlvs === undefined) return null;
  if (!name.startsWith('ssl_')) return tlvs.get(tlvType(name, tlvTypes)) ?? null;
  const ssl = tlvs.get(tlvTypes.ssl!);
  if (ssl === undefined || ssl.length < sslTlvHead) return null;
  if (name === 'ssl_verify') return String(bigEndian(ssl.slice(1, sslTlvHead)));
  return innerTlv(ssl.slice(sslTlvHead), tlvType(name.slice('ssl_'.length), sslTlvTypes));
}

/** The number of a name, or of `0x…`; -1 for what is neither. */
function tlvType(name: string, types: Readonly<Record<string, number>>): number {
  return types[name] ?? (/^0x[0-9a-f]+$/i.test(name) ? Number(name) : -1);
}

function innerTlv(bytes: string, type: number): string | null {
  for (let at = 0; at + 3 <= bytes.length;) {
    const end = at + 3 + bigEndian(bytes.slice(at + 1, at + 3));
    if (end > bytes.length) return null;
    if (bytes.charCodeAt(at) === type) return bytes.slice(at + 3, end);
    at = end;
  }
  return null;
}

function bigEndian(bytes: string): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte.charCodeAt(0);
  return value;
}

/** What `proxy_pass` of the location gave, as long as nginx knows of it. */
function proxied({ target, location }: Request): Target | null {
  return location.proxyPass?.gateway === null ? target : null;
}
