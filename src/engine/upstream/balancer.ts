import type { Template } from '../../3-plan/schema.ts';
import type { PlanUpstream, UpstreamServer } from '../../3-plan/schema/upstream.ts';
import { hashRing } from '../algorithms/consistent-hash.ts';
import { clientAddress } from '../algorithms/cidr.ts';
import type { IpAddress } from '../algorithms/inet.ts';
import { consistentHash, ipHash, keyHash } from './hash-methods.ts';
import { leastConn } from './least-conn.ts';
import type { PeerGroup, PeerSettings } from './peers.ts';
import { peerGroup } from './peers.ts';
import { randomChoice, randomOfTwo } from './random.ts';
import { roundRobin } from './round-robin.ts';
import type { Pick } from './selection.ts';

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
  /** A method for one request; it remembers what it tried. */
  pick(input: BalanceInput): Pick;
}

type Method = PlanUpstream['balance'];

/**
 * Makes the upstream of a plan ready. `random` gives numbers in [0, 1). Servers without addresses (`resolve`, not looked up
 * yet) take no part; call again with their addresses filled in, which starts with fresh states.
 */
export function compileBalancer(upstream: PlanUpstream, random: () => number): Balancer {
  const group = peerGroup(upstream.servers.flatMap(peersOf));
  const { balance } = upstream;
  return {
    group,
    key: balance.method === 'hash' ? balance.key : null,
    pick: method(balance, group, random),
  };
}

function ipAddress(text: string): IpAddress | null {
  const address = clientAddress(text);
  return address === 'unix' ? null : address;
}

function peersOf(server: UpstreamServer): PeerSettings[] {
  return server.addresses.map(({ host, port, path, name }) => ({
    peer: { name, host, port, path },
    server: server.name,
    weight: server.weight,
    maxFails: server.maxFails,
    failTimeout: Math.floor(server.failTimeout / 1000),
    maxConns: server.maxConns,
    down: server.down,
    backup: server.backup,
  }));
}

function method(balance: Method, group: PeerGroup, random: () => number): Balancer['pick'] {
  switch (balance.method) {
    case 'round_robin':
    case 'unsupported':
      return () => roundRobin;
    case 'least_conn':
      return () => leastConn;
    case 'ip_hash':
      return ({ address }) => ipHash(ipAddress(address));
    case 'random':
      return () => (balance.two ? randomOfTwo(random) : randomChoice(random));
    case 'hash': {
      if (!balance.consistent) return ({ key }) => keyHash(key);
      const ring = hashRing(group.peers.map(({ settings: { server, weight } }) => ({ server, weight })));
      return ({ key }) => consistentHash(key, ring);
    }
  }
}
