import { createHash } from 'node:crypto';
import type { Template } from '../../3-plan/schema.ts';
import type { PlanUpstream, UpstreamServer } from '../../3-plan/schema/upstream.ts';
import { hashRing } from '../algorithms/consistent-hash.ts';
import { clientAddress } from '../algorithms/cidr.ts';
import type { IpAddress } from '../algorithms/inet.ts';
import { consistentHash, ipHash, keyHash } from './hash-methods.ts';
import { leastConn } from './least-conn.ts';
import type { LeastTime } from './least-time.ts';
import { leastTime } from './least-time.ts';
import type { PeerGroup, PeerSettings } from './peers.ts';
import { peerGroup } from './peers.ts';
import { randomChoice, randomOfTwo } from './random.ts';
import { roundRobin } from './round-robin.ts';
import type { PeerZone } from './peer-zone.ts';
import type { Pick } from './selection.ts';
import { countFailure } from './selection.ts';

/** What the choice of a server can depend on. */
export interface BalanceInput {
  /** The value of {@link Balancer.key}; '' when the method has none. */
  readonly key: string;
  /** The client's address as its connection has it: `unix:` for unix sockets. */
  readonly address: string;
}

/** The servers of one upstream and the method that chooses among them. */
export interface Balancer {
  readonly group: PeerGroup;
  /** The key of `hash`; null for other methods. */
  readonly key: Template | null;
  /** Set when the times of answers are wanted. */
  readonly leastTime: LeastTime | null;
  /** A method for one request; it remembers what it tried. */
  pick(input: BalanceInput): Pick;
}

type Method = PlanUpstream['balance'];

/** What methods need besides the servers: numbers in [0, 1), and monotonic milliseconds. */
export interface BalanceSources {
  random(): number;
  monotonic(): number;
}

/**
 * Makes the upstream of a plan ready. Servers without addresses (`resolve`, not looked up yet) take no part; call again with
 * their addresses filled in. Servers that were in `before` keep what is known of them.
 */
export function compileBalancer(
  upstream: PlanUpstream,
  sources: BalanceSources,
  before: PeerGroup | null = null,
  zone: PeerZone | null = null,
): Balancer {
  const { balance, sticky } = upstream;
  const peers = upstream.servers.flatMap((server) => peersOf(server, sticky !== null));
  const group = peerGroup(peers, before, zone);
  if (zone !== null) share(zone, group, balance);
  return {
    group,
    key: balance.method === 'hash' ? balance.key : null,
    leastTime: balance.method === 'least_time' ? balance : null,
    pick: method(balance, group, sources),
  };
}

function ipAddress(text: string): IpAddress | null {
  const address = clientAddress(text);
  return address === 'unix' ? null : address;
}

function peersOf(server: UpstreamServer, sticky: boolean): PeerSettings[] {
  return server.addresses.map(({ host, port, path, name }) => ({
    peer: { name, host, port, path },
    server: server.name,
    weight: server.weight,
    maxFails: server.maxFails,
    failTimeout: Math.floor(server.failTimeout / 1000),
    maxConns: server.maxConns,
    down: server.down || server.drain,
    drain: server.drain,
    sid: sticky ? server.route || serverId(name) : '',
    backup: server.backup,
  }));
}

/** Tells a zone of the servers, and whether their connections matter. */
function share(zone: PeerZone, group: PeerGroup, balance: Method): void {
  const peers = [...group.peers, ...(group.backup?.peers ?? [])];
  zone.countsConnections =
    ['least_conn', 'least_time'].includes(balance.method) ||
    (balance.method === 'random' && balance.two) ||
    peers.some(({ settings }) => settings.maxConns > 0);
  zone.attach(peers, countFailure);
}

/** ngx_http_upstream_init_round_robin_sid. */
function serverId(name: string): string {
  return createHash('md5').update(name, 'latin1').digest('hex');
}

function method(balance: Method, group: PeerGroup, sources: BalanceSources): Balancer['pick'] {
  switch (balance.method) {
    case 'round_robin':
      return () => roundRobin;
    case 'least_conn':
      return () => leastConn;
    case 'ip_hash':
      return ({ address }) => ipHash(ipAddress(address));
    case 'random': {
      const random = (): number => sources.random();
      return () => (balance.two ? randomOfTwo(random) : randomChoice(random));
    }
    case 'least_time':
      return () => leastTime(balance, () => sources.monotonic());
    case 'hash': {
      if (!balance.consistent) return ({ key }) => keyHash(key);
      const ring = hashRing(group.peers.map(({ settings: { server, weight } }) => ({ server, weight })));
      return ({ key }) => consistentHash(key, ring);
    }
  }
}
