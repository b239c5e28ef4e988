import type { IpAddress } from './inet.ts';
import { parseIp, printIpv4, printIpv6 } from './inet.ts';

/** An address with the port that stood behind it; 0 when none did. */
export interface AddressPort {
  readonly address: IpAddress;
  readonly port: number;
}

/** Reads `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]` or `[::1]:80` (ngx_parse_addr_port). */
export function parseAddressPort(text: string): AddressPort | null {
  const bare = parseIp(text);
  if (bare !== null) return { address: bare, port: 0 };
  const parts = /^\[([^\]]*)\](?::(\d+))?$/.exec(text) ?? /^([^:]*):(\d+)$/.exec(text);
  if (parts === null) return null;
  const address = parseIp(parts[1]!);
  if (address === null) return null;
  const port = Number(parts[2] ?? 0);
  if (parts[2] !== undefined && (port < 1 || port > 65535)) return null;
  return { address, port };
}

/** The address as nginx prints it (ngx_sock_ntop without a port). */
export function printIp(address: IpAddress): string {
  return typeof address === 'number' ? printIpv4(address) : printIpv6(address);
}
