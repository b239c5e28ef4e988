import { isAvailable } from './peers.ts';
import { heaviest, roundRobin } from './round-robin.ts';
import type { Pick, Selection } from './selection.ts';
import { markChosen, useBackups, wantedPeer } from './selection.ts';

/**
 * The server with the fewest connections for its weight, round robin among equals
 * (ngx_http_upstream_get_least_conn_peer).
 */
export const leastConn: Pick = (selection, now) => {
  if (selection.group.single) return roundRobin(selection, now);
  const wanted = wantedPeer(selection, now);
  if (wanted !== -1) return markChosen(selection, wanted, now);
  const { best, several } = leastLoaded(selection, now);
  if (best === -1) return useBackups(selection) ? leastConn(selection, now) : null;
  if (!several) return markChosen(selection, best, now);
  const { peers } = selection.group;
  const least = peers[best]!;
  const index = heaviest(selection, now, (candidate) => {
    const peer = peers[candidate]!;
    return candidate >= best && peer.conns * least.settings.weight === least.conns * peer.settings.weight;
  });
  return markChosen(selection, index, now);
};

function leastLoaded({ group, tried }: Selection, now: number): { best: number; several: boolean } {
  let best = -1;
  let several = false;
  group.peers.forEach((peer, index) => {
    if (tried.includes(index) || !isAvailable(peer, now)) return;
    const least = best === -1 ? null : group.peers[best]!;
    const own = least === null ? 0 : peer.conns * least.settings.weight;
    const others = least === null ? 1 : least.conns * peer.settings.weight;
    if (own < others) {
      best = index;
      several = false;
    } else if (own === others) several = true;
  });
  return { best, several };
}
