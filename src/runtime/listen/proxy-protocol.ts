import type { ProxyProtocolInfo } from '../../engine/api.ts';
import { formatIPv6 } from '../resolver/message.ts';

/** What became of the bytes in front of a connection's data (ngx_proxy_protocol.c). */
export type ProxyHeader =
  /** More bytes are needed to tell. nginx asks for the whole header in its first read; we wait for it. */
  | { readonly kind: 'incomplete' }
  /** `length` bytes were the header. `info` is null for `UNKNOWN`, LOCAL and families without addresses. */
  | { readonly kind: 'header'; readonly length: number; readonly info: ProxyProtocolInfo | null }
  /** nginx's message of level error; the connection is closed. */
  | { readonly kind: 'broken'; readonly message: string };

const signature = '\r\n\r\n\0\r\nQUIT\n';
const fixedLength = 16;
/** The longest version 1 header (NGX_PROXY_PROTOCOL_V1_MAX_HEADER). */
const maxText = 107;
/** The most nginx reads in search of a header (NGX_PROXY_PROTOCOL_MAX_HEADER). */
const maxBinary = 4096;

const incomplete: ProxyHeader = { kind: 'incomplete' };

/** Reads a PROXY protocol header, version 1 or 2, at the start of a connection's bytes. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const start = bytes.toString('latin1', 0, Math.min(bytes.length, signature.length));
  if (start === signature) return readBinary(bytes);
  if (signature.startsWith(start)) return incomplete;
  return readText(bytes.toString('latin1', 0, maxText));
}

function readText(text: string): ProxyHeader {
  const end = text.indexOf('\r\n');
  if (end === -1) {
    const plausible = text.length < maxText && !/[\r\n][^]/.test(text) && isTextStart(text);
    return plausible ? incomplete : broken(text);
  }
  if (text.startsWith('PROXY UNKNOWN')) return { kind: 'header', length: end + 2, info: null };
  const match = /^PROXY TCP[46] ([0-9A-Fa-f.:]*) ([0-9A-Fa-f.:]*) (\d+) (\d+)\r\n/.exec(text);
  const sourcePort = Number(match?.[3]);
  const destinationPort = Number(match?.[4]);
  if (match === null || sourcePort > 65535 || destinationPort > 65535) return broken(text);
  return {
    kind: 'header',
    length: end + 2,
    info: {
      sourceAddress: match[1]!,
      sourcePort,
      destinationAddress: match[2]!,
      destinationPort,
      tlvs: new Map(),
    },
  };
}

function isTextStart(text: string): boolean {
  return ['PROXY TCP4 ', 'PROXY TCP6 ', 'PROXY UNKNOWN'].some(
    (word) => text.startsWith(word) || word.startsWith(text),
  );
}

function broken(text: string): ProxyHeader {
  return { kind: 'broken', message: `broken header: "${text.slice(0, text.search(/[\r\n]|$/))}"` };
}

function readBinary(bytes: Buffer): ProxyHeader {
  if (bytes.length < fixedLength) return incomplete;
  const version = bytes[12]! >> 4;
  if (version !== 2) return { kind: 'broken', message: `unknown PROXY protocol version: ${version}` };
  const length = fixedLength + bytes.readUInt16BE(14);
  if (length > maxBinary) return { kind: 'broken', message: 'header is too large' };
  if (bytes.length < length) return incomplete;
  const none: ProxyHeader = { kind: 'header', length, info: null };
  const isProxyCommand = (bytes[12]! & 0xf) === 1;
  const isStream = (bytes[13]! & 0xf) === 1;
  if (!isProxyCommand || !isStream) return none;
  const size = { 1: 4, 2: 16 }[bytes[13]! >> 4];
  if (size === undefined) return none;
  const ports = fixedLength + 2 * size;
  if (ports + 4 > length) return { kind: 'broken', message: 'invalid PROXY protocol header' };
  const address = (at: number): string =>
    size === 4 ? [...bytes.subarray(at, at + 4)].join('.') : formatIPv6(bytes.subarray(at, at + 16));
  return {
    kind: 'header',
    length,
    info: {
      sourceAddress: address(fixedLength),
      sourcePort: bytes.readUInt16BE(ports),
      destinationAddress: address(fixedLength + size),
      destinationPort: bytes.readUInt16BE(ports + 2),
      tlvs: readTlvs(bytes.subarray(ports + 4, length)),
    },
  };
}

/** Type to value; of a repeated type the first counts, as nginx looks it up. A cut one ends the list. */
function readTlvs(bytes: Buffer): ReadonlyMap<number, string> {
  const tlvs = new Map<number, string>();
  let at = 0;
  while (at + 3 <= bytes.length) {
    const type = bytes[at]!;
    const end = at + 3 + bytes.readUInt16BE(at + 1);
    if (end > bytes.length) break;
    if (!tlvs.has(type)) tlvs.set(type, bytes.toString('latin1', at + 3, end));
    at = end;
  }
  return tlvs;
}
