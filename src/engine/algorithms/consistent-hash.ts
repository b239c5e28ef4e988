import { crc32Finish, crc32Start, crc32Update, crc32UpdateWord } from './crc32.ts';

/** Points on the ring, ascending by hash; `servers[i]` is the `server` text that owns `hashes[i]`. */
export interface HashRing {
  readonly hashes: Uint32Array;
  readonly servers: readonly string[];
}

const pointsPerWeight = 160;

/**
 * The ring of `hash … consistent` (ngx_http_upstream_hash_module.c, ngx_http_upstream_update_chash): 160 points per unit
 * of weight, compatible with Cache::Memcached::Fast. `server` is the text as configured (`a.example:8080`, `unix:/path`).
 */
export function hashRing(peers: readonly { readonly server: string; readonly weight: number }[]): HashRing {
  const points: { hash: number; server: string }[] = [];
  for (const { server, weight } of peers) {
    const { host, port } = split(server);
    const base = crc32Update(crc32Start, `${host}\0${port}`);
    let previous = 0;
    for (let point = 0; point < weight * pointsPerWeight; point++) {
      previous = crc32Finish(crc32UpdateWord(base, previous));
      points.push({ hash: previous, server });
    }
  }
  points.sort((left, right) => left.hash - right.hash);
  const unique = points.filter((point, index) => index === 0 || point.hash !== points[index - 1]!.hash);
  return {
    hashes: Uint32Array.from(unique, ({ hash }) => hash),
    servers: unique.map(({ server }) => server),
  };
}

function split(server: string): { host: string; port: string } {
  if (/^unix:/i.test(server)) return { host: server.slice(5), port: '' };
  const parts = /^(.*):(\d*)$/s.exec(server);
  return parts === null ? { host: server, port: '' } : { host: parts[1]!, port: parts[2]! };
}

/** Index of the first point at or after `hash`; equal to the number of points when there is none. */
export function findPoint(ring: HashRing, hash: number): number {
  let low = 0;
  let high = ring.hashes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ring.hashes[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
