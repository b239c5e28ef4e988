import { describe, expect, it } from 'vitest';
import { hashRing } from '../../../src/engine/algorithms/consistent-hash.ts';
import { parseIp } from '../../../src/engine/algorithms/inet.ts';
import { consistentHash, ipHash, keyHash } from '../../../src/engine/upstream/hash-methods.ts';
import { leastConn } from '../../../src/engine/upstream/least-conn.ts';
import type { PeerGroup, PeerSettings } from '../../../src/engine/upstream/peers.ts';
import { peerGroup } from '../../../src/engine/upstream/peers.ts';
import { randomChoice, randomOfTwo } from '../../../src/engine/upstream/random.ts';
import { roundRobin } from '../../../src/engine/upstream/round-robin.ts';
import type { Pick } from '../../../src/engine/upstream/selection.ts';
import { freePeer, selectPeer, startSelection } from '../../../src/engine/upstream/selection.ts';
import { server } from './server.ts';
import recorded from './recorded.json' with { type: 'json' };

type RecordedServer = [number, number, string];
interface Recorded {
  servers: RecordedServer[];
  method: string;
  requests: [string, string][];
}

function fromRecord([number, weight, words]: RecordedServer): PeerSettings {
  const value = (name: string, fallback: number): number =>
    Number(new RegExp(`${name}=(\\d+)`).exec(words)?.[1] ?? fallback);
  return server(24000 + number, {
    weight,
    maxFails: value('max_fails', 1),
    failTimeout: value('fail_timeout', 10),
    down: words.includes('down'),
    backup: words.includes('backup'),
  });
}

function method(name: string, group: PeerGroup, key: string): Pick {
  switch (name) {
    case 'least_conn':
      return leastConn;
    case 'ip_hash':
      return ipHash(parseIp(key));
    case 'hash':
      return keyHash(key);
    case 'hash consistent':
      return consistentHash(key, hashRing(group.peers.map(({ settings }) => settings)));
    default:
      return roundRobin;
  }
}

/** Ports of all attempts of one request; port 24005 refuses connections. */
function attempts(group: PeerGroup, pick: Pick, now: number): number[] {
  const selection = startSelection(group, pick, 0);
  const ports: number[] = [];
  for (;;) {
    const peer = selectPeer(selection, now);
    if (peer === null) return ports;
    const { port } = peer.settings.peer;
    ports.push(port);
    freePeer(selection, port === 24005, now);
    if (port !== 24005 || selection.tries === 0) return ports;
  }
}

describe('the servers that nginx 1.22.1 chose', () => {
  it.each(Object.entries(recorded as unknown as Record<string, Recorded>))(
    '%s',
    (_, { servers, method: name, requests }) => {
      const group = peerGroup(servers.map(fromRecord));
      const chosen = requests.map(([key]) =>
        attempts(group, method(name, group, key), 1000)
          .map((port) => port - 24000)
          .join(', '),
      );
      expect(chosen).toEqual(requests.map(([, addresses]) => addresses));
    },
  );
});

describe('failures', () => {
  it('disable a server for fail_timeout, then one request checks it', () => {
    const group = peerGroup([server(1), server(2)]);
    const first = startSelection(group, roundRobin, 0);
    expect(selectPeer(first, 100)?.settings.peer.port).toBe(1);
    expect(freePeer(first, true, 100)).toBe(true);
    expect(attempts(group, roundRobin, 105)).toEqual([2]);
    expect(attempts(group, roundRobin, 110)).toEqual([2]);
    // It lost its weight with the failure and gains it back while it is a candidate.
    const later = [1, 2, 3, 4].flatMap(() => attempts(group, roundRobin, 111));
    expect(later).toContain(1);
  });

  it('do not count for a single server', () => {
    const group = peerGroup([server(1, { maxFails: 1 })]);
    for (let request = 0; request < 3; request++) {
      const selection = startSelection(group, roundRobin, 0);
      expect(selectPeer(selection, 100)?.settings.peer.port).toBe(1);
      expect(freePeer(selection, true, 100)).toBe(false);
      expect(selection.tries).toBe(0);
    }
  });

  it('leave at most the allowed number of attempts', () => {
    const group = peerGroup([server(1), server(2), server(3, { down: true }), server(4, { backup: true })]);
    expect(startSelection(group, roundRobin, 0).tries).toBe(3);
    expect(startSelection(group, roundRobin, 2).tries).toBe(2);
  });
});

describe('limits', () => {
  it('keep requests away from a server with max_conns in use', () => {
    const group = peerGroup([server(1, { maxConns: 1 }), server(2, { maxConns: 1 })]);
    const selections = [1, 2, 3].map(() => startSelection(group, roundRobin, 0));
    expect(selections.map((one) => selectPeer(one, 1)?.settings.peer.port ?? null)).toEqual([1, 2, null]);
    freePeer(selections[0]!, false, 1);
    expect(attempts(group, roundRobin, 1)).toEqual([1]);
  });
});

describe('least_conn', () => {
  it('prefers the server with fewer connections in use', () => {
    const group = peerGroup([server(1), server(2)]);
    const held = startSelection(group, leastConn, 0);
    selectPeer(held, 1);
    expect(attempts(group, leastConn, 1)).toEqual([2]);
    expect(attempts(group, leastConn, 1)).toEqual([2]);
  });
});

describe('random', () => {
  it('follows the weights', () => {
    const group = peerGroup([server(1), server(2, { weight: 3 })]);
    expect(
      [0, 0.2, 0.25, 0.9].map(
        (value) =>
          attempts(
            group,
            randomChoice(() => value),
            1,
          )[0],
      ),
    ).toEqual([1, 1, 2, 2]);
  });
  it('of two takes the one with fewer connections', () => {
    const group = peerGroup([server(1), server(2), server(3)]);
    selectPeer(startSelection(group, roundRobin, 0), 1);
    const values = [0, 0, 0.5];
    expect(
      attempts(
        group,
        randomOfTwo(() => values.shift() ?? 0.9),
        1,
      ),
    ).toEqual([2]);
  });
  it('does not wait for luck when all but one are tried', () => {
    const group = peerGroup([server(1, { down: true }), server(2)]);
    expect(
      attempts(
        group,
        randomChoice(() => 0),
        1,
      ),
    ).toEqual([2]);
    expect(
      attempts(
        group,
        randomOfTwo(() => 0.9),
        1,
      ),
    ).toEqual([2]);
  });
});
