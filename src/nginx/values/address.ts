import { parseNumber } from './number.ts';

/** Addresses as nginx reads them (ngx_inet.c). Every function answers null where nginx has an error. */

/** An IPv4 (4 bytes) or IPv6 (16 bytes) address. */
export type AddressBytes = readonly number[];

const dot = 0x2e;
const digit0 = 0x30;
const digit9 = 0x39;

/** ngx_inet_addr: a dotted quad, to an unsigned 32-bit number. `255.255.255.255` is no address for nginx. */
export function parseInet(text: string): number | null {
  let address = 0;
  let octet = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === dot) {
      address = address * 256 + octet;
      octet = 0;
      if (++dots > 3) return null;
    } else if (char >= digit0 && char <= digit9) {
      octet = octet * 10 + char - digit0;
      if (octet > 255) return null;
    } else return null;
  }
  if (dots !== 3) return null;
  address = address * 256 + octet;
  return address === 0xffffffff ? null : address;
}

/** ngx_inet6_addr: an IPv6 address without brackets, to its 16 bytes. */
export function parseInet6(text: string): AddressBytes | null {
  if (text === '') return null;
  const body = text.startsWith(':') ? text.slice(1) : text;
  const bytes: number[] = [];
  let zero = -1;
  let start = 0;
  for (let at = 0; ; at++) {
    const char = body[at];
    if (char === ':') {
      if (at > start) {
        if (!pushWord(bytes, body.slice(start, at)) || bytes.length > 14) return null;
      } else if (zero === -1) zero = bytes.length;
      else return null;
      start = at + 1;
    } else if (char === '.' && at > start) {
      // The dotted tail starts after the last colon, of which there has to be one.
      const inet = start === 0 ? null : parseInet(body.slice(start));
      if (inet === null || bytes.length > 12) return null;
      bytes.push(...inetBytes(inet));
      break;
    } else if (char === undefined) {
      if (at === start && zero === -1) return null;
      if (!pushWord(bytes, at === start ? '0' : body.slice(start))) return null;
      break;
    }
  }
  if (bytes.length === 16) return zero === -1 ? bytes : null;
  if (zero === -1 || bytes.length > 16) return null;
  return [...bytes.slice(0, zero), ...new Array<number>(16 - bytes.length).fill(0), ...bytes.slice(zero)];
}

function pushWord(bytes: number[], hex: string): boolean {
  if (!/^[\da-fA-F]{1,4}$/.test(hex)) return false;
  const word = Number.parseInt(hex, 16);
  bytes.push(word >> 8, word & 0xff);
  return true;
}

function inetBytes(address: number): number[] {
  return [address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff];
}

/** ngx_parse_addr: either family, without brackets or port. */
export function parseAddress(text: string): AddressBytes | null {
  const inet = parseInet(text);
  return inet === null ? parseInet6(text) : inetBytes(inet);
}

/** An address with an optional port, IPv6 in brackets then (ngx_parse_addr_port). */
export function parseAddressPort(text: string): { address: AddressBytes; port: number | null } | null {
  const plain = parseAddress(text);
  if (plain !== null) return { address: plain, port: null };
  const match = /^(?:\[([^\]]*)\]|([^[:][^:]*|)):(.*)$/s.exec(text);
  if (match === null) return null;
  const port = parseNumber(match[3]!);
  if (port === null || port < 1 || port > 65535) return null;
  const address = parseAddress(match[1] ?? match[2]!);
  return address === null ? null : { address, port };
}

export interface Cidr {
  readonly address: AddressBytes;
  /** Number of significant bits. */
  readonly bits: number;
  /** Bits beyond the mask were set and are dropped: nginx warns "low address bits … are meaningless". */
  readonly lowBits: boolean;
}

/** ngx_ptocidr: `192.168.0.0/16`, `::1`. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  const bytes = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (bytes === null) return null;
  const width = bytes.length * 8;
  if (slash === -1) return { address: bytes, bits: width, lowBits: false };
  const bits = parseNumber(text.slice(slash + 1));
  if (bits === null || bits > width) return null;
  const address = bytes.map((byte, at) => {
    const kept = Math.min(8, Math.max(0, bits - at * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return { address, bits, lowBits: address.some((byte, at) => byte !== bytes[at]) };
}

/** ngx_inet6_ntop, and a dotted quad for four bytes. */
export function formatAddress(bytes: AddressBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const words: number[] = [];
  for (let at = 0; at < 16; at += 2) words.push((bytes[at]! << 8) | bytes[at + 1]!);
  let zero = -1;
  let longest = 1;
  for (let at = 0; at < 8; at++) {
    let run = 0;
    while (at + run < 8 && words[at + run] === 0) run++;
    if (run > longest) {
      zero = at;
      longest = run;
    }
    at += run;
  }
  const mapped =
    zero === 0 &&
    ((longest === 5 && words[5] === 0xffff) ||
      longest === 6 ||
      (longest === 7 && bytes[14] !== 0 && bytes[15] !== 1));
  const hex = (from: number, to: number): string =>
    words
      .slice(from, to)
      .map((word) => word.toString(16))
      .join(':');
  if (mapped) return `::${longest === 5 ? 'ffff:' : ''}${bytes.slice(12).join('.')}`;
  if (zero === -1) return hex(0, 8);
  return `${hex(0, zero)}::${hex(zero + longest, 8)}`;
}

/** The form nginx prints in messages about listening sockets (ngx_sock_ntop with a port). */
export function formatSocket(bytes: AddressBytes, port: number): string {
  const text = formatAddress(bytes);
  return bytes.length === 4 ? `${text}:${port}` : `[${text}]:${port}`;
}
