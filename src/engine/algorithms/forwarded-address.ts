import type { AddressPort } from './address-port.ts';
import { parseAddressPort } from './address-port.ts';
import type { Cidr, ClientAddress } from './cidr.ts';
import { inAnyCidr } from './cidr.ts';

export interface Forwarding {
  /** Addresses whose word is believed. */
  readonly trusted: readonly Cidr[];
  /** Whether to go on behind trusted addresses in the list. */
  readonly recursive: boolean;
}

/**
 * The client's address from the values of a header such as X-Forwarded-For, read from the right
 * (ngx_http_get_forwarded_addr). `lines` are the values of its header lines in order of arrival; null when the sender
 * is not trusted or names no address.
 */
export function forwardedAddress(
  sender: ClientAddress,
  lines: readonly string[],
  forwarding: Forwarding,
): AddressPort | null {
  let found: AddressPort | null = null;
  for (const line of lines.toReversed()) {
    const result = fromLine(found?.address ?? sender, line, forwarding);
    if (result.address !== null) found = result.address;
    if (!result.whole || !forwarding.recursive) break;
  }
  return found;
}

/** `whole` tells that the line was read to its start and everything in it was trusted. */
function fromLine(
  sender: ClientAddress,
  line: string,
  { trusted, recursive }: Forwarding,
): { address: AddressPort | null; whole: boolean } {
  let address: AddressPort | null = null;
  let rest = line;
  do {
    if (!inAnyCidr(address?.address ?? sender, trusted)) return { address, whole: false };
    rest = rest.replace(/[ ,]+$/, '');
    const start = Math.max(rest.lastIndexOf(' '), rest.lastIndexOf(',')) + 1;
    const next = parseAddressPort(rest.slice(start));
    if (next === null) return { address, whole: false };
    address = next;
    rest = rest.slice(0, Math.max(start - 1, 0));
  } while (recursive && rest !== '');
  return { address, whole: true };
}
