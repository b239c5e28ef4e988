import type { PeerZone } from './peer-zone.ts';
import type { Peer } from '../upstream-exchange.ts';

/** What `server` in an `upstream` block says about one address. */
export interface PeerSettings {
  readonly peer: Peer;
  /** The text as configured (`backend.example:8080`); `hash … consistent` places servers by it. */
  readonly server: string;
  readonly weight: number;
  /** 0 switches the counting of failures off. */
  readonly maxFails: number;
  /** Seconds. */
  readonly failTimeout: number;
  /** 0: unlimited. */
  readonly maxConns: number;
  /** Not chosen; also while it is drained. */
  readonly down: boolean;
  /** `drain`: only those come who ask for it by its identifier. */
  readonly drain: boolean;
  /** What `sticky` knows it by. */
  readonly sid: string;
  readonly backup: boolean;
}

/** A server with what requests have learned about it (ngx_http_upstream_rr_peer_t). */
export interface PeerState {
  readonly settings: PeerSettings;
  currentWeight: number;
  effectiveWeight: number;
  /** Connections in use now. */
  conns: number;
  fails: number;
  /** Seconds: time of the last failure, and of the last failure or check. */
  accessed: number;
  checked: number;
  /** `least_time`: averages, and the answers that are waited for (milliseconds). */
  readonly timing: PeerTiming;
}

export interface PeerTiming {
  headerTime: number;
  responseTime: number;
  inflight: number;
  /** Sum of what the requests in flight had waited when their number changed last, and when that was. */
  inflightWaited: number;
  inflightChanged: number;
  inflightTime: number;
}

/** The primary or the backup servers of an upstream (ngx_http_upstream_rr_peers_t). */
export interface PeerGroup {
  readonly peers: PeerState[];
  /** One server and no backup: failures are not counted, there is nothing to choose. */
  readonly single: boolean;
  readonly totalWeight: number;
  /** Number of servers that are not down. */
  readonly tries: number;
  readonly backup: PeerGroup | null;
  /** Other workers are told; null without `zone`. */
  readonly zone: PeerZone | null;
}

/**
 * Builds the groups of an upstream; servers keep their order (ngx_http_upstream_init_round_robin). Those that are in `before` with
 * the same settings keep their states.
 */
export function peerGroup(
  servers: readonly PeerSettings[],
  before: PeerGroup | null = null,
  zone: PeerZone | null = null,
): PeerGroup {
  const known = new Map<string, PeerState[]>();
  for (const state of [...(before?.peers ?? []), ...(before?.backup?.peers ?? [])]) {
    const key = JSON.stringify(state.settings);
    known.set(key, [...(known.get(key) ?? []), state]);
  }
  const stateOf = (settings: PeerSettings): PeerState =>
    known.get(JSON.stringify(settings))?.shift() ?? peerState(settings);
  const backups = servers.filter(({ backup }) => backup);
  const primaries = servers.filter(({ backup }) => !backup);
  const backup = backups.length > 0 ? group(backups.map(stateOf), false, null, zone) : null;
  return group(primaries.map(stateOf), primaries.length === 1 && backup === null, backup, zone);
}

function group(
  peers: PeerState[],
  single: boolean,
  backup: PeerGroup | null,
  zone: PeerZone | null,
): PeerGroup {
  return {
    zone,
    peers,
    single,
    totalWeight: peers.reduce((sum, { settings }) => sum + settings.weight, 0),
    tries: peers.filter(({ settings }) => !settings.down).length,
    backup,
  };
}

function peerState(settings: PeerSettings): PeerState {
  return {
    settings,
    currentWeight: 0,
    effectiveWeight: settings.weight,
    conns: 0,
    fails: 0,
    accessed: 0,
    checked: 0,
    timing: {
      headerTime: 0,
      responseTime: 0,
      inflight: 0,
      inflightWaited: 0,
      inflightChanged: 0,
      inflightTime: 0,
    },
  };
}

/** Whether a request may be sent to this server at `now` (seconds). */
export function isAvailable(peer: PeerState, now: number): boolean {
  return !peer.settings.down && isUsable(peer, now);
}

/** The same without `down`. */
export function isUsable({ settings, fails, checked, conns }: PeerState, now: number): boolean {
  const { maxFails, failTimeout, maxConns } = settings;
  if (maxFails > 0 && fails >= maxFails && now - checked <= failTimeout) return false;
  return maxConns === 0 || conns < maxConns;
}
