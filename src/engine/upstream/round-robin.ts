import { isAvailable } from './peers.ts';
import type { Pick, Selection } from './selection.ts';
import { markChosen, useBackups } from './selection.ts';

/** Smooth weighted round robin (ngx_http_upstream_get_round_robin_peer); the backups when no primary is left. */
export const roundRobin: Pick = (selection, now) => {
  const { group } = selection;
  if (group.single) {
    const peer = group.peers[0]!;
    const { down, maxConns } = peer.settings;
    return down || (maxConns > 0 && peer.conns >= maxConns) ? null : peer;
  }
  const index = heaviest(selection, now, () => true);
  if (index !== -1) return markChosen(selection, index, now);
  return useBackups(selection) ? roundRobin(selection, now) : null;
};

/**
 * Gives every candidate its weight and takes the one that has most, which pays for all (ngx_http_upstream_get_peer). Index in
 * the group, -1 when there is no candidate. A server recovering from failures gains one unit of weight each time.
 */
export function heaviest(
  { group, tried }: Selection,
  now: number,
  isCandidate: (index: number) => boolean,
): number {
  let best = -1;
  let total = 0;
  group.peers.forEach((peer, index) => {
    if (tried.includes(index) || !isAvailable(peer, now) || !isCandidate(index)) return;
    peer.currentWeight += peer.effectiveWeight;
    total += peer.effectiveWeight;
    if (peer.effectiveWeight < peer.settings.weight) peer.effectiveWeight++;
    if (best === -1 || peer.currentWeight > group.peers[best]!.currentWeight) best = index;
  });
  if (best !== -1) group.peers[best]!.currentWeight -= total;
  return best;
}
