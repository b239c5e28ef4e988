import { murmurHash2 } from './murmurhash2.ts';

/** A share of the clients; hundredths of a percent, -1 for `*`, what is left. */
export interface Share {
  readonly percent: number;
  readonly value: string;
}

/** The choice of a `split_clients` block by the value of its key (ngx_http_split_clients_module.c); '' when none has it. */
export function splitClients(shares: readonly Share[]): (key: string) => string {
  let sum = 0;
  let end = 0;
  const parts = shares.map(({ percent, value }) => {
    sum = percent < 0 ? 10000 : sum + percent;
    // The share that completes the hundred percent takes what rounding leaves.
    if (sum === 10000) return { end: 0, value };
    end += Math.floor((percent * 0xffffffff) / 10000);
    return { end, value };
  });
  return (key) => {
    const hash = murmurHash2(key);
    return parts.find((part) => hash < part.end || part.end === 0)?.value ?? '';
  };
}
