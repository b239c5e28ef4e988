import type { PeerGroup, PeerState } from './peers.ts';
import { isUsable } from './peers.ts';

/** The choice of servers for one request, over all its attempts (ngx_http_upstream_rr_peer_data_t). */
export interface Selection {
  /** The servers chosen from now; the backups once no primary is left. */
  group: PeerGroup;
  /** Indexes in `group.peers` that this request has been sent to. */
  readonly tried: number[];
  current: PeerState | null;
  /** The identifier of the server that `sticky` asks for; '' for none. */
  wanted: string;
  /** `least_time … inflight` counts this request. */
  inflight: boolean;
  /** Attempts left; 0 after the last. */
  tries: number;
  /** How the next server is chosen; null when none is available. */
  readonly pick: Pick;
}

/** Chooses a server at `now` (seconds), without counting the connection. */
export type Pick = (selection: Selection, now: number) => PeerState | null;

/** Begins the choice for a request. `limit` is `proxy_next_upstream_tries`, 0 for none. */
export function startSelection(group: PeerGroup, pick: Pick, limit: number): Selection {
  const tries = group.tries + (group.backup?.tries ?? 0);
  return {
    group,
    tried: [],
    current: null,
    wanted: '',
    inflight: false,
    tries: limit > 0 && tries > limit ? limit : tries,
    pick,
  };
}

/** The server for the next attempt, its connection counted; null when none can be used ("no live upstreams"). */
export function selectPeer(selection: Selection, now: number): PeerState | null {
  const peer = selection.pick(selection, now);
  selection.current = peer;
  if (peer !== null) {
    peer.conns++;
    selection.group.zone?.tellConnections(peer, 1);
  }
  return peer;
}

/**
 * The index in the group of the server that `sticky` asks for; -1 when nothing is asked for or it cannot be used
 * (ngx_http_upstream_get_rr_peer_by_sid). A drained server can.
 */
export function wantedPeer({ wanted, group, tried }: Selection, now: number): number {
  if (wanted === '') return -1;
  const index = group.peers.findIndex(({ settings }) => settings.sid === wanted);
  if (index === -1 || tried.includes(index)) return -1;
  const peer = group.peers[index]!;
  if (peer.settings.down && !peer.settings.drain) return -1;
  return isUsable(peer, now) ? index : -1;
}

/** Marks a chosen server as tried and, when its `fail_timeout` is over, as being checked by this request. */
export function markChosen(selection: Selection, index: number, now: number): PeerState {
  const peer = selection.group.peers[index]!;
  selection.tried.push(index);
  if (now - peer.checked > peer.settings.failTimeout) peer.checked = now;
  return peer;
}

/** Goes on with the backup servers; false when there are none. */
export function useBackups(selection: Selection): boolean {
  if (selection.group.backup === null) return false;
  selection.group = selection.group.backup;
  selection.tried.length = 0;
  return true;
}

/**
 * Ends an attempt (ngx_http_upstream_free_round_robin_peer). `failed` counts against the server. True when this disabled
 * it, which nginx logs as a warning.
 */
export function freePeer(selection: Selection, failed: boolean, now: number): boolean {
  const peer = selection.current;
  if (peer === null) return false;
  selection.current = null;
  peer.conns--;
  const { zone, single } = selection.group;
  zone?.tellConnections(peer, -1);
  if (single) {
    peer.fails = 0;
    selection.tries = 0;
    return false;
  }
  if (selection.tries > 0) selection.tries--;
  if (failed) {
    zone?.tellFailure(peer, now);
    return countFailure(peer, now);
  }
  // The server answered after it was checked: it is alive.
  if (peer.accessed < peer.checked && peer.fails > 0) {
    peer.fails = 0;
    zone?.tellSuccess(peer);
  }
  return false;
}

/** Counts a failure at `now` (seconds); true when that disabled the server. */
export function countFailure(peer: PeerState, now: number): boolean {
  const { maxFails, weight } = peer.settings;
  peer.fails++;
  peer.accessed = peer.checked = now;
  if (maxFails === 0) return false;
  const lost = Math.trunc(weight / maxFails);
  peer.effectiveWeight = Math.max(peer.effectiveWeight - lost, 0);
  return peer.fails >= maxFails;
}
