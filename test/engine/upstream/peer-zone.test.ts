import { describe, expect, test } from 'vitest';
import { plainServer, plainUpstream } from '../../../src/3-plan/schema/upstream.ts';
import { compileBalancer } from '../../../src/engine/upstream/balancer.ts';
import { freePeer, selectPeer, startSelection } from '../../../src/engine/upstream/selection.ts';
import type { ZoneChange } from '../../../src/engine/zones/shared-zone.ts';
import { ZoneStore } from '../../../src/engine/zones/zone-store.ts';

/** Two workers with one upstream of two servers; the second may begin later. */
function workers(maxConns = 0) {
  const stores: ZoneStore[] = [];
  const tell = (from: number) => (zone: string, change: ZoneChange) => {
    for (const [index, store] of stores.entries()) if (index !== from) store.apply(zone, change, from);
  };
  stores.push(new ZoneStore(tell(0)), new ZoneStore(tell(1)));
  const begin = (index: number) => {
    const plan = plainUpstream({ name: 'u', explicit: true, port: 0, origin: -1 });
    plan.servers = [1, 2].map((port) => ({
      ...plainServer(
        `127.0.0.1:${port}`,
        [{ host: '127.0.0.1', port, path: '', name: `127.0.0.1:${port}` }],
        -1,
      ),
      maxConns,
    }));
    const sources = { random: () => 0, monotonic: () => 0 };
    const { group, pick } = compileBalancer(plan, sources, null, stores[index]!.take('upstream', 'u'));
    const select = () => {
      const selection = startSelection(group, pick({ key: '', address: '' }), 0);
      const peer = selectPeer(selection, 100);
      return {
        port: peer?.settings.peer.port ?? 0,
        free: (failed = false) => freePeer(selection, failed, 100),
      };
    };
    return { select, gone: (origin: number) => stores[index]!.forget(origin) };
  };
  return { begin };
}

describe('the zone of an upstream', () => {
  test('tells other workers of servers that fail', () => {
    const { begin } = workers();
    const [one, two] = [begin(0), begin(1)];
    const first = one.select();
    expect(first.port).toBe(1);
    first.free(true);
    const ports = [1, 2, 3].map(() => {
      const { port, free } = two.select();
      free();
      return port;
    });
    expect(ports).toEqual([2, 2, 2]);
  });

  test('tells those that have not used the upstream yet', () => {
    const { begin } = workers();
    const one = begin(0);
    one.select().free(true);
    expect(begin(1).select().port).toBe(2);
  });

  test('counts the connections of all workers where max_conns is set', () => {
    const { begin } = workers(1);
    const [one, two] = [begin(0), begin(1)];
    const held = one.select();
    expect([held.port, two.select().port, two.select().port]).toEqual([1, 2, 0]);
    held.free();
    expect(two.select().port).toBe(1);
  });

  test('forgets the connections of a worker that is gone', () => {
    const { begin } = workers(1);
    const [one, two] = [begin(0), begin(1)];
    one.select();
    one.select();
    expect(two.select().port).toBe(0);
    two.gone(0);
    expect(two.select().port).toBe(1);
  });
});
