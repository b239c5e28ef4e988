import type { IpAddress } from './inet.ts';
import { mappedIpv4, parseIpv4, parseIpv6 } from './inet.ts';

/** A network; `address` has no bits outside the mask. */
export type Cidr =
  | { readonly family: 'ipv4'; readonly address: number; readonly bits: number }
  | { readonly family: 'ipv6'; readonly address: Uint8Array; readonly bits: number }
  | { readonly family: 'unix' };

/** An address as connections have it: `unix:` for a client of a unix socket. */
export type ClientAddress = IpAddress | 'unix';

/**
 * Reads `address` or `address/bits` (ngx_ptocidr). `lowBits` tells that bits outside the mask were set and dropped, which
 * nginx warns about. Null when it is neither.
 */
export function parseCidr(text: string): { readonly cidr: Cidr; readonly lowBits: boolean } | null {
  const slash = text.indexOf('/');
  const host = slash === -1 ? text : text.slice(0, slash);
  const mask = slash === -1 ? null : text.slice(slash + 1);
  if (mask !== null && !/^\d+$/.test(mask)) return null;
  const ipv4 = parseIpv4(host);
  if (ipv4 !== null) {
    const bits = mask === null ? 32 : Number(mask);
    if (bits > 32) return null;
    const address = maskIpv4(ipv4, bits);
    return { cidr: { family: 'ipv4', address, bits }, lowBits: address !== ipv4 };
  }
  const ipv6 = parseIpv6(host);
  if (ipv6 === null) return null;
  const bits = mask === null ? 128 : Number(mask);
  if (bits > 128) return null;
  const address = maskIpv6(ipv6, bits);
  return {
    cidr: { family: 'ipv6', address, bits },
    lowBits: address.some((byte, index) => byte !== ipv6[index]),
  };
}

/** The first `bits` of an IPv4 address, the rest zero. */
export function maskIpv4(address: number, bits: number): number {
  return bits === 0 ? 0 : (address & (0xffffffff << (32 - bits))) >>> 0;
}

/** The first `bits` of an IPv6 address, the rest zero. */
export function maskIpv6(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, index) => {
    const kept = Math.min(Math.max(bits - 8 * index, 0), 8);
    return byte & (0xff << (8 - kept));
  });
}

/** Whether the address lies in the network; an IPv4-mapped IPv6 address counts as IPv4 (ngx_cidr_match). */
export function inCidr(address: ClientAddress, cidr: Cidr): boolean {
  if (address === 'unix') return cidr.family === 'unix';
  if (typeof address === 'number')
    return cidr.family === 'ipv4' && maskIpv4(address, cidr.bits) === cidr.address;
  const mapped = mappedIpv4(address);
  if (mapped !== null) return inCidr(mapped, cidr);
  if (cidr.family !== 'ipv6') return false;
  return maskIpv6(address, cidr.bits).every((byte, index) => byte === cidr.address[index]);
}

/** Whether one of the networks has the address (ngx_cidr_match). */
export function inAnyCidr(address: ClientAddress, cidrs: readonly Cidr[]): boolean {
  return cidrs.some((cidr) => inCidr(address, cidr));
}

/** The text of a client's address (`unix:` for unix sockets) as a value; null when it is none. */
export function clientAddress(text: string): ClientAddress | null {
  return text.startsWith('unix:') ? 'unix' : (parseIpv4(text) ?? parseIpv6(text));
}
