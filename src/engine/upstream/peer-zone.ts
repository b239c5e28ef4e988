import { OriginCounts, type SharedZone, type ZoneChange } from '../zones/shared-zone.ts';
import type { PeerState } from './peers.ts';

/**
 * The `zone` of an upstream: what the workers tell each other about its servers, by their names (`127.0.0.1:80`). Weights that
 * round robin moves are each worker's own.
 */
export class PeerZone implements SharedZone {
  publish: ((change: ZoneChange) => void) | null = null;
  /** The choice of a server depends on the numbers of connections. */
  countsConnections = false;
  #peers: readonly PeerState[] = [];
  #failed: ((peer: PeerState, now: number) => void) | null = null;
  readonly #connections = new OriginCounts();
  /** Failures of servers that are not known here yet. */
  readonly #failures = new Map<string, number>();
  #known = new WeakSet<PeerState>();

  /** The servers from now on, and how a failure is counted. */
  attach(peers: readonly PeerState[], failed: (peer: PeerState, now: number) => void): void {
    this.#peers = peers;
    this.#failed = failed;
    for (const peer of peers) {
      if (this.#known.has(peer)) continue;
      this.#known.add(peer);
      const { name } = peer.settings.peer;
      peer.conns += this.#connections.total(name);
      const failure = this.#failures.get(name);
      if (failure !== undefined) failed(peer, failure);
      this.#failures.delete(name);
    }
  }

  /** A failure here at `now` (seconds). */
  tellFailure({ settings }: PeerState, now: number): void {
    this.publish?.(['failed', settings.peer.name, now]);
  }

  /** The server works again. */
  tellSuccess({ settings }: PeerState): void {
    this.publish?.(['alive', settings.peer.name]);
  }

  tellConnections({ settings }: PeerState, change: number): void {
    if (this.countsConnections) this.publish?.(['conns', settings.peer.name, change]);
  }

  apply([what, name, value]: ZoneChange, origin: number): void {
    const peer = this.#peers.find(({ settings }) => settings.peer.name === name);
    if (what === 'conns') {
      this.#connections.add(origin, name as string, value as number);
      if (peer !== undefined) peer.conns += value as number;
    } else if (peer !== undefined) {
      if (what === 'failed') this.#failed?.(peer, value as number);
      else peer.fails = 0;
    } else if (what === 'failed') this.#failures.set(name as string, value as number);
    else this.#failures.delete(name as string);
  }

  *told(): Generator<readonly [number, ZoneChange]> {
    for (const [origin, name, count] of this.#connections) yield [origin, ['conns', name, count]];
  }

  forget(origin: number): void {
    for (const [name, count] of this.#connections.take(origin)) {
      const peer = this.#peers.find(({ settings }) => settings.peer.name === name);
      if (peer !== undefined) peer.conns -= count;
    }
  }
}
