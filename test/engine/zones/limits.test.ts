import { describe, expect, it } from 'vitest';
import { LimitConnZone } from '../../../src/engine/zones/limit-conn.ts';
import type { RequestLimit } from '../../../src/engine/zones/limit-req.ts';
import { limitRequest, LimitReqZone } from '../../../src/engine/zones/limit-req.ts';

const start = 1_800_000_000_000;
const limit = (zone: LimitReqZone, changes: Partial<RequestLimit> = {}): RequestLimit => ({
  zone,
  key: 'a',
  burst: 0,
  delay: 0,
  ...changes,
});

describe('limit_req', () => {
  it('rejects the second request within the period of the rate', () => {
    const zone = new LimitReqZone('one', 1000, 1 << 20);
    expect(limitRequest([limit(zone)], start).kind).toBe('passed');
    expect(limitRequest([limit(zone)], start + 100)).toMatchObject({ kind: 'rejected', excess: 900 });
    expect(limitRequest([limit(zone)], start + 1000).kind).toBe('passed');
  });

  it('does not count what it rejects', () => {
    const zone = new LimitReqZone('one', 1000, 1 << 20);
    limitRequest([limit(zone)], start);
    for (let at = 1; at < 10; at++) limitRequest([limit(zone)], start + at);
    expect(limitRequest([limit(zone)], start + 1000).kind).toBe('passed');
  });

  it('delays up to the burst, and by the excess', () => {
    const zone = new LimitReqZone('one', 2000, 1 << 20);
    const limits = [limit(zone, { burst: 2000 })];
    expect(limitRequest(limits, start).kind).toBe('passed');
    expect(limitRequest(limits, start)).toMatchObject({ kind: 'delayed', delay: 500, excess: 1000 });
    expect(limitRequest(limits, start)).toMatchObject({ kind: 'delayed', delay: 1000, excess: 2000 });
    expect(limitRequest(limits, start)).toMatchObject({ kind: 'rejected', excess: 3000 });
  });

  it('does not delay with nodelay, and less with delay=', () => {
    const zone = new LimitReqZone('one', 1000, 1 << 20);
    const nodelay = [limit(zone, { burst: 1000, delay: Infinity })];
    expect([1, 2, 3].map(() => limitRequest(nodelay, start).kind)).toEqual(['passed', 'passed', 'rejected']);
    const other = new LimitReqZone('two', 1000, 1 << 20);
    const partly = [limit(other, { burst: 2000, delay: 1000 })];
    expect([1, 2, 3].map(() => limitRequest(partly, start).kind)).toEqual(['passed', 'passed', 'delayed']);
  });

  it('counts in no zone what one of several rejects', () => {
    const slow = new LimitReqZone('slow', 1000, 1 << 20);
    const fast = new LimitReqZone('fast', 10_000, 1 << 20);
    const limits = [limit(fast), limit(slow)];
    expect(limitRequest(limits, start).kind).toBe('passed');
    expect(limitRequest(limits, start + 200)).toMatchObject({ kind: 'rejected', limit: { zone: slow } });
    expect(limitRequest([limit(fast)], start + 200).kind).toBe('passed');
  });

  it('takes the longest delay of several', () => {
    const slow = new LimitReqZone('slow', 1000, 1 << 20);
    const fast = new LimitReqZone('fast', 2000, 1 << 20);
    const limits = [limit(slow, { burst: 5000 }), limit(fast, { burst: 5000 })];
    limitRequest(limits, start);
    expect(limitRequest(limits, start)).toMatchObject({
      kind: 'delayed',
      delay: 1000,
      limit: { zone: slow },
    });
  });

  it('leaves limits without a key out', () => {
    const zone = new LimitReqZone('one', 1000, 1 << 20);
    expect(limitRequest([limit(zone, { key: '' })], start).kind).toBe('none');
    expect(limitRequest([], start).kind).toBe('none');
  });

  it('drops the least recently used bucket when the zone is full', () => {
    const zone = new LimitReqZone('one', 1000, 32 * 1024);
    for (let key = 0; key < 5000; key++)
      expect(limitRequest([limit(zone, { key: `key${key}` })], start + key).kind).toBe('passed');
    expect(zone.size).toBeLessThan(260);
    expect(zone.size).toBeGreaterThan(200);
  });
});

describe('limit_conn', () => {
  it('counts by key until the limit', () => {
    const zone = new LimitConnZone('one', 1 << 20);
    expect(zone.enter('a', 2)).toBe('entered');
    expect(zone.enter('a', 2)).toBe('entered');
    expect(zone.enter('a', 2)).toBe('limited');
    expect(zone.enter('b', 2)).toBe('entered');
    zone.leave('a');
    expect(zone.enter('a', 2)).toBe('entered');
  });

  it('is full some time, and has room again after leaving', () => {
    const zone = new LimitConnZone('one', 32 * 1024);
    let keys = 0;
    while (zone.enter(`key${keys}`, 1) === 'entered') keys++;
    expect(keys).toBeGreaterThan(400);
    zone.leave('key0');
    expect(zone.enter('again', 1)).toBe('entered');
  });
});
