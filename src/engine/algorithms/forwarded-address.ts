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

const isSeparator = (line: string, at: number): boolean => line[at] === ' ' || line[at] === ',';

/**
 * `whole` tells that the line was read to its start and everything in it was trusted. As in
 * ngx_http_get_forwarded_addr_internal the first character is taken for a part of an address, whatever it is.
 */
function fromLine(
  sender: ClientAddress,
  line: string,
  { trusted, recursive }: Forwarding,
): { address: AddressPort | null; whole: boolean } {
  let address: AddressPort | null = null;
  let end = line.length;
  let start: number;
  do {
    if (!inAnyCidr(address?.address ?? sender, trusted)) return { address, whole: false };
    while (end > 1 && isSeparator(line, end - 1)) end--;
    start = Math.max(end - 1, 0);
    while (start > 0 && !isSeparator(line, start)) start--;
    if (start > 0) start++;
    const next = parseAddressPort(line.slice(start, end));
    if (next === null) return { address, whole: false };
    address = next;
    end = start - 1;
  } while (recursive && start > 0);
  return { address, whole: true };
}
