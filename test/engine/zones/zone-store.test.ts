import { describe, expect, test } from 'vitest';
import { limitRequest, type LimitReqZone } from '../../../src/engine/zones/limit-req.ts';
import type { ZoneChange } from '../../../src/engine/zones/shared-zone.ts';
import { ZoneStore } from '../../../src/engine/zones/zone-store.ts';

test('a store gives the zone again while all that is said of it is the same', () => {
  const store = new ZoneStore();
  const zone = store.take('limit_req', 'z', 65536, 1000, '"k"');
  expect(store.take('limit_req', 'z', 65536, 1000, '"k"')).toBe(zone);
  expect(store.take('limit_req', 'z', 65536, 2000, '"k"')).not.toBe(zone);
  expect(store.take('limit_conn', 'z', 65536, '"k"')).not.toBe(zone);
});

/** Two processes that tell each other everything at once, and one that begins later. */
function processes() {
  const stores: ZoneStore[] = [];
  const tell = (from: number) => (zone: string, change: ZoneChange) => {
    for (const [index, store] of stores.entries()) if (index !== from) store.apply(zone, change, from);
  };
  stores.push(new ZoneStore(tell(0)), new ZoneStore(tell(1)));
  const late = (): ZoneStore => {
    const store = new ZoneStore();
    for (const [origin, zone, change] of stores[0]!.told()) store.apply(zone, change, origin);
    return store;
  };
  return { one: stores[0]!, two: stores[1]!, late };
}

describe('processes that share zones', () => {
  const start = 1_800_000_000_000;
  const ask = (zone: LimitReqZone, at: number) =>
    limitRequest([{ zone, key: 'a', burst: 1000, delay: Infinity }], start + at).kind;
  const requests = (store: ZoneStore): LimitReqZone => store.take('limit_req', 'z', 1 << 20, 1000, '"k"');

  test('count the requests of all', () => {
    const { one, two, late } = processes();
    expect(ask(requests(one), 0)).toBe('passed');
    expect(ask(requests(two), 0)).toBe('passed');
    expect(ask(requests(one), 0)).toBe('rejected');
    expect(ask(requests(two), 0)).toBe('rejected');
    expect(ask(requests(late()), 0)).toBe('rejected');
    expect(ask(requests(two), 1000)).toBe('passed');
    expect(ask(requests(one), 1000)).toBe('rejected');
  });

  test('count the connections of all, and those of one that is gone no longer', () => {
    const { one, two, late } = processes();
    const [mine, others] = [one, two].map((store) => store.take('limit_conn', 'z', 1 << 20, '"k"')) as [
      ReturnType<typeof one.take<'limit_conn'>>,
      ReturnType<typeof one.take<'limit_conn'>>,
    ];
    expect(mine.enter('a', 2)).toBe('entered');
    expect(others.enter('a', 2)).toBe('entered');
    expect(mine.enter('a', 2)).toBe('limited');
    others.leave('a');
    expect(mine.enter('a', 2)).toBe('entered');
    two.forget(0);
    expect(others.enter('a', 1)).toBe('entered');
    expect(others.enter('a', 1)).toBe('limited');
    expect(
      late()
        .take('limit_conn', 'z', 1 << 20, '"k"')
        .enter('a', 1),
    ).toBe('limited');
  });

  test('know the sessions that others have learned', () => {
    const { one, two, late } = processes();
    one.take('sticky', 's', 65536, 1000).learn('id', 'server', true, start);
    for (const store of [two, late()])
      expect(store.take('sticky', 's', 65536, 1000).find('id', start)).toBe('server');
  });
});
