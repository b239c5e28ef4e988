import { maskIpv4, maskIpv6 } from './cidr.ts';
import type { IpAddress } from './inet.ts';

/**
 * Values by network; the longest network that holds an address wins (ngx_radix_tree.c). One map per mask length, tried
 * from the longest.
 */
export class PrefixTable<Value> {
  private readonly ipv4: Map<number, Value>[] = [];
  private readonly ipv6: Map<string, Value>[] = [];

  /** Sets the value of a network. */
  set(address: IpAddress, bits: number, value: Value): void {
    if (typeof address === 'number')
      (this.ipv4[bits] ??= new Map<number, Value>()).set(maskIpv4(address, bits), value);
    else (this.ipv6[bits] ??= new Map<string, Value>()).set(key(maskIpv6(address, bits)), value);
  }

  /** The value of exactly this network. */
  own(address: IpAddress, bits: number): Value | undefined {
    return typeof address === 'number'
      ? this.ipv4[bits]?.get(maskIpv4(address, bits))
      : this.ipv6[bits]?.get(key(maskIpv6(address, bits)));
  }

  delete(address: IpAddress, bits: number): boolean {
    return typeof address === 'number'
      ? (this.ipv4[bits]?.delete(maskIpv4(address, bits)) ?? false)
      : (this.ipv6[bits]?.delete(key(maskIpv6(address, bits))) ?? false);
  }

  find(address: IpAddress): Value | undefined {
    const lengths = typeof address === 'number' ? this.ipv4.length : this.ipv6.length;
    for (let bits = lengths - 1; bits >= 0; bits--) {
      const value = this.own(address, bits);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function key(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
