import { parseCidr, type ClientAddress } from './cidr.ts';
import { mappedIpv4, parseIpv4, parseIpv6 } from './inet.ts';
import { PrefixTable } from './prefix-table.ts';
import { RangeTable } from './range-table.ts';

/** One line of a `geo` block in its order; `delete` removes what is there for exactly this network. */
export interface GeoEntry {
  /** `10.0.0.0/8`, `::1`, or with `ranges` `10.0.0.0-10.0.0.255`. */
  readonly network: string;
  /** Null deletes. */
  readonly value: string | null;
}

/** The place nginx looks at for addresses it cannot place, such as unix sockets. */
const nowhere = 0xffffffff;

/** The lookup of a `geo` block (ngx_http_geo_module.c): the value for a client's address; null for one that is no address. */
export function geoTable(
  entries: readonly GeoEntry[],
  fallback: string,
  ranges: boolean,
): (address: ClientAddress | null) => string {
  return ranges ? byRanges(entries, fallback) : byNetworks(entries, fallback);
}

function byNetworks(
  entries: readonly GeoEntry[],
  fallback: string,
): (address: ClientAddress | null) => string {
  const table = new PrefixTable<string>();
  table.set(0, 0, fallback);
  table.set(parseIpv6('::')!, 0, fallback);
  for (const { network, value } of entries) {
    const cidr = parseGeoNetwork(network);
    if (cidr === null) continue;
    if (value === null) table.delete(cidr.address, cidr.bits);
    else table.set(cidr.address, cidr.bits, value);
  }
  return (address) => {
    if (address === null || address === 'unix') return table.find(nowhere) ?? '';
    if (typeof address === 'number') return table.find(address) ?? '';
    return table.find(mappedIpv4(address) ?? address) ?? '';
  };
}

function parseGeoNetwork(
  network: string,
): { readonly address: number | Uint8Array; readonly bits: number } | null {
  // nginx tells failure by the broadcast address, but `geo` knows that one by its text.
  if (network === '255.255.255.255') return { address: nowhere, bits: 32 };
  const parsed = parseCidr(network);
  return parsed === null || parsed.cidr.family === 'unix' ? null : parsed.cidr;
}

function byRanges(entries: readonly GeoEntry[], fallback: string): (address: ClientAddress | null) => string {
  const table = new RangeTable<string>();
  for (const { network, value } of entries) {
    const dash = network.indexOf('-');
    const start = parseIpv4(network.slice(0, dash));
    const end = parseIpv4(network.slice(dash + 1));
    if (dash === -1 || start === null || end === null) continue;
    if (value === null) table.delete(start, end);
    else table.set(start, end, value);
  }
  return (address) => {
    const place =
      typeof address === 'number'
        ? address
        : address === null || address === 'unix'
          ? nowhere
          : (mappedIpv4(address) ?? nowhere);
    return table.find(place) ?? fallback;
  };
}
