import { isAvailable } from './peers.ts';
import type { Pick, Selection } from './selection.ts';
import { markChosen, useBackups, wantedPeer } from './selection.ts';

/** Smooth weighted round robin (ngx_http_upstream_get_round_robin_peer); the backups when no primary is left. */
export const roundRobin: Pick = (selection, now) => {
  const { group } = selection;
  const wanted = wantedPeer(selection, now);
  if (group.single) {
    if (wanted !== -1) return group.peers[wanted]!;
    const peer = group.peers[0]!;
    const { down, maxConns } = peer.settings;
    return down || (maxConns > 0 && peer.conns >= maxConns) ? null : peer;
  }
  const index = wanted === -1 ? heaviest(selection, now, () => true) : takeWanted(selection, now, wanted);
  if (index !== -1) return markChosen(selection, index, now);
  return useBackups(selection) ? roundRobin(selection, now) : null;
};

/** A server that `sticky` asks for pays as if it had been chosen, until it is as far behind as one round can bring it. */
function takeWanted(selection: Selection, now: number, wanted: number): number {
  const { group } = selection;
  const peer = group.peers[wanted]!;
  if (peer.currentWeight > peer.settings.weight - group.totalWeight)
    peer.currentWeight -= addWeights(selection, now, () => true).total;
  return wanted;
}

/**
 * Gives every candidate its weight and takes the one that has most, which pays for all (ngx_http_upstream_get_peer). Index in
 * the group, -1 when there is no candidate. A server recovering from failures gains one unit of weight each time.
 */
export function heaviest(selection: Selection, now: number, isCandidate: (index: number) => boolean): number {
  const { best, total } = addWeights(selection, now, isCandidate);
  if (best !== -1) selection.group.peers[best]!.currentWeight -= total;
  return best;
}

function addWeights(
  { group, tried }: Selection,
  now: number,
  isCandidate: (index: number) => boolean,
): { best: number; total: number } {
  let best = -1;
  let total = 0;
  group.peers.forEach((peer, index) => {
    if (tried.includes(index) || !isAvailable(peer, now) || !isCandidate(index)) return;
    peer.currentWeight += peer.effectiveWeight;
    total += peer.effectiveWeight;
    if (peer.effectiveWeight < peer.settings.weight) peer.effectiveWeight++;
    if (best === -1 || peer.currentWeight > group.peers[best]!.currentWeight) best = index;
  });
  return { best, total };
}
