/** An IPv4 address as an unsigned number, or the 16 bytes of an IPv6 address. */
export type IpAddress = number | Uint8Array;

/** Dotted IPv4 text as nginx reads it (ngx_inet_addr): leading zeros and empty octets pass; null otherwise. */
export function parseIpv4(text: string): number | null {
  let address = 0;
  let octet = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) {
      octet = octet * 10 + code - 0x30;
      if (octet > 255) return null;
    } else if (code === 0x2e) {
      address = address * 256 + octet;
      octet = 0;
      if (++dots > 3) return null;
    } else return null;
  }
  if (dots !== 3) return null;
  address = address * 256 + octet;
  // nginx tells failure by INADDR_NONE, so that the broadcast address cannot be told from a bad one.
  return address === 0xffffffff ? null : address;
}

/** IPv6 text without brackets (ngx_inet6_addr); null when it is none. */
export function parseIpv6(text: string): Uint8Array | null {
  if (text === '' || text.includes('%')) return null;
  let head = text;
  let tail = '';
  const gap = text.indexOf('::');
  if (gap !== -1) {
    head = text.slice(0, gap);
    tail = text.slice(gap + 2);
  } else if (text.startsWith(':')) {
    // nginx skips one leading colon.
    head = text.slice(1);
  }
  const before = head === '' ? [] : groups(head, gap === -1);
  // Nothing after `::` counts as one zero word, so that seven words before it are too many.
  const after = tail === '' ? (gap === -1 ? [] : [0]) : groups(tail, true);
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (gap === -1 ? missing !== 0 : missing < 1) return null;
  const words = [...before, ...new Array<number>(gap === -1 ? 0 : missing).fill(0), ...after];
  const bytes = new Uint8Array(16);
  words.forEach((word, index) => {
    bytes[2 * index] = word >> 8;
    bytes[2 * index + 1] = word & 0xff;
  });
  return bytes;
}

function groups(text: string, last: boolean): number[] | null {
  const parts = text.split(':');
  const words: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) words.push(Number.parseInt(part, 16));
    else {
      const embedded = last && index === parts.length - 1 ? parseIpv4(part) : null;
      if (embedded === null) return null;
      words.push(embedded >>> 16, embedded & 0xffff);
    }
  }
  return words;
}

/** An address of either family, without brackets and port. */
export function parseIp(text: string): IpAddress | null {
  return parseIpv4(text) ?? parseIpv6(text);
}

/** Dotted decimal of an address as one number. */
export function printIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Prints an IPv6 address with its longest run of zeros left out (ngx_inet6_ntop). */
export function printIpv6(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, index) => (bytes[2 * index]! << 8) | bytes[2 * index + 1]!);
  const { start, length } = longestZeros(words);
  const embeds =
    start === 0 &&
    ((length === 5 && words[5] === 0xffff) ||
      length === 6 ||
      (length === 7 && bytes[14] !== 0 && bytes[15] !== 1));
  const count = embeds ? 6 : 8;
  let text = start === 0 ? ':' : '';
  for (let index = 0; index < count; index++) {
    if (index === start) {
      text += ':';
      index += length - 1;
      continue;
    }
    text += words[index]!.toString(16);
    if (index < 7) text += ':';
  }
  return embeds ? text + [...bytes.subarray(12)].join('.') : text;
}

/** The first longest run of at least two zero words; start -1 when there is none. */
function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && words[end] === 0) end++;
    if (end - at > best.length) best = { start: at, length: end - at };
    at = Math.max(at, end - 1);
  }
  return best;
}

/** The bytes of an address as a byte string (`$binary_remote_addr`). */
export function binaryAddress(address: IpAddress): string {
  if (typeof address !== 'number') return String.fromCharCode(...address);
  return String.fromCharCode(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255);
}

/** The IPv4 address inside `::ffff:a.b.c.d`; null for other addresses. */
export function mappedIpv4(bytes: Uint8Array): number | null {
  for (let at = 0; at < 10; at++) if (bytes[at] !== 0) return null;
  if (bytes[10] !== 0xff || bytes[11] !== 0xff) return null;
  return ((bytes[12]! << 24) | (bytes[13]! << 16) | (bytes[14]! << 8) | bytes[15]!) >>> 0;
}
