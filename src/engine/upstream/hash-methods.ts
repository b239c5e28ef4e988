import type { HashRing } from '../algorithms/consistent-hash.ts';
import { findPoint } from '../algorithms/consistent-hash.ts';
import { crc32 } from '../algorithms/crc32.ts';
import type { IpAddress } from '../algorithms/inet.ts';
import { binaryAddress } from '../algorithms/inet.ts';
import type { PeerGroup } from './peers.ts';
import { isAvailable } from './peers.ts';
import { heaviest, roundRobin } from './round-robin.ts';
import type { Pick, Selection } from './selection.ts';
import { markChosen, wantedPeer } from './selection.ts';

/** After so many misses the hash methods leave the choice to round robin. */
const maxTries = 20;

/**
 * A method that proposes weighted places until one can be used; `next` gives another place (any number from 0).
 * `usable` false leaves the choice to round robin from the start.
 */
function byPlace(next: (totalWeight: number) => number, usable: (group: PeerGroup) => boolean): Pick {
  let misses = 0;
  return (selection, now) => {
    const { group, tried } = selection;
    if (misses > maxTries || !usable(group)) return roundRobin(selection, now);
    const wanted = wantedPeer(selection, now);
    if (wanted !== -1) return markChosen(selection, wanted, now);
    for (;;) {
      const index = peerAt(group, next(group.totalWeight) % group.totalWeight);
      if (!tried.includes(index) && isAvailable(group.peers[index]!, now))
        return markChosen(selection, index, now);
      if (++misses > maxTries) return roundRobin(selection, now);
    }
  };
}

/** The server that owns a place between 0 and the total weight. */
export function peerAt({ peers }: PeerGroup, place: number): number {
  let left = place;
  let index = 0;
  while (left >= peers[index]!.settings.weight) left -= peers[index++]!.settings.weight;
  return index;
}

/** `ip_hash`: three bytes of an IPv4 address, all of an IPv6 address; null for clients of unix sockets. */
export function ipHash(address: IpAddress | null): Pick {
  const bytes = address === null ? '\0\0\0' : binaryAddress(address);
  const hashed = bytes.length === 4 ? bytes.slice(0, 3) : bytes;
  let hash = 89;
  return byPlace(
    () => {
      for (let at = 0; at < hashed.length; at++) hash = (hash * 113 + hashed.charCodeAt(at)) % 6271;
      return hash;
    },
    ({ peers }) => peers.length >= 2,
  );
}

/** `hash key`: compatible with Cache::Memcached, rehashed with a counter in front of the key after each miss. */
export function keyHash(key: string): Pick {
  let hash = 0;
  let rehash = 0;
  return byPlace(
    () => {
      const value = crc32((rehash > 0 ? String(rehash) : '') + key);
      rehash++;
      hash = (hash + ((value >>> 16) & 0x7fff)) >>> 0;
      return hash;
    },
    ({ peers }) => peers.length >= 2 && key !== '',
  );
}

/** `hash key consistent`: the servers of the next point on the ring, round robin among servers of the same text. */
export function consistentHash(key: string, ring: HashRing): Pick {
  let point = findPoint(ring, crc32(key));
  let misses = 0;
  return (selection: Selection, now: number) => {
    const { group } = selection;
    if (misses > maxTries || group.single || key === '') return roundRobin(selection, now);
    const wanted = wantedPeer(selection, now);
    if (wanted !== -1) return markChosen(selection, wanted, now);
    if (group.peers.length === 0 || ring.servers.length === 0) return null;
    for (;;) {
      const server = ring.servers[point % ring.servers.length]!;
      const index = heaviest(
        selection,
        now,
        (candidate) => group.peers[candidate]!.settings.server === server,
      );
      if (index !== -1) return markChosen(selection, index, now);
      point++;
      if (++misses > maxTries) return roundRobin(selection, now);
    }
  };
}
