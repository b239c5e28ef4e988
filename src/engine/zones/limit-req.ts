import type { SharedZone, ZoneChange } from './shared-zone.ts';
import { chunkSize, usableSize } from './slab.ts';

/** Bytes of a node besides its key, on a 64-bit machine. */
const nodeOverhead = 80;
const minute = 60_000;

interface Bucket {
  /** Milliseconds of the last request counted. */
  last: number;
  /** Requests above the rate, in thousandths. */
  excess: number;
  /** Requests that looked at it and have not been counted yet; such a bucket is not dropped. */
  count: number;
}

/** The state of a `limit_req_zone` (ngx_http_limit_req_module.c): leaky buckets by key, least recently used first. */
export class LimitReqZone implements SharedZone {
  publish: ((change: ZoneChange) => void) | null = null;
  readonly name: string;
  /** Thousandths of requests per second: `10r/s` is 10000. */
  readonly rate: number;
  private readonly capacity: number;
  private used = 0;
  private readonly buckets = new Map<string, Bucket>();

  constructor(name: string, rate: number, size: number) {
    this.name = name;
    this.rate = rate;
    this.capacity = usableSize(size);
  }

  get size(): number {
    return this.buckets.size;
  }

  /** The bucket of a key, made the most recently used; undefined when there is none. */
  touch(key: string): Bucket | undefined {
    const bucket = this.buckets.get(key);
    if (bucket !== undefined) {
      this.buckets.delete(key);
      this.buckets.set(key, bucket);
    }
    return bucket;
  }

  /** A new bucket; null when the zone is full even after the oldest was dropped. */
  create(key: string, now: number): Bucket | null {
    this.expire(now, false);
    const bytes = chunkSize(nodeOverhead + key.length);
    if (this.used + bytes > this.capacity) this.expire(now, true);
    if (this.used + bytes > this.capacity) return null;
    const bucket: Bucket = { last: 0, excess: 0, count: 0 };
    this.used += bytes;
    this.buckets.set(key, bucket);
    return bucket;
  }

  /** What the bucket holds after one more request at `now`. */
  excessAt(bucket: Bucket, now: number): number {
    const leaked = Math.floor((this.rate * elapsed(bucket, now)) / 1000);
    return Math.max(bucket.excess - leaked + 1000, 0);
  }

  /** `[key, now]`: a request was counted. `[key, last, excess]`: all there is to know. */
  apply([key, now, excess]: ZoneChange): void {
    const known = this.touch(key as string);
    if (known !== undefined && excess !== undefined) return;
    const bucket = known ?? this.create(key as string, now as number);
    if (bucket === null) return;
    const counted = known === undefined ? 0 : this.excessAt(known, now as number);
    store(bucket, (excess as number | undefined) ?? counted, now as number, known === undefined);
  }

  *told(): Generator<readonly [number, ZoneChange]> {
    for (const [key, { last, excess }] of this.buckets) yield [0, [key, last, excess]];
  }

  forget(): void {
    // What was counted stays counted.
  }

  /** Drops up to two old empty buckets; with `force` the oldest first, empty or not. */
  private expire(now: number, force: boolean): void {
    for (let dropped = force ? 0 : 1; dropped < 3; dropped++) {
      const oldest = this.buckets.entries().next();
      if (oldest.done === true) return;
      const [key, bucket] = oldest.value;
      if (bucket.count > 0) return;
      if (dropped > 0) {
        const age = Math.abs(now - bucket.last);
        if (age < minute || bucket.excess - Math.floor((this.rate * age) / 1000) > 0) return;
      }
      this.buckets.delete(key);
      this.used -= chunkSize(nodeOverhead + key.length);
    }
  }
}

/** Milliseconds since the last request; a clock that went back counts as no time, far back as one millisecond. */
function elapsed(bucket: Bucket, now: number): number {
  const passed = now - bucket.last;
  if (passed >= 0) return passed;
  return passed < -minute ? 1 : 0;
}

/** One `limit_req` with the value of its zone's key. */
export interface RequestLimit {
  readonly zone: LimitReqZone;
  /** '' leaves the limit out. */
  readonly key: string;
  /** In thousandths of requests, like `delay`: excess up to here is accepted. */
  readonly burst: number;
  /** Excess up to here is not delayed; `Infinity` for `nodelay`. */
  readonly delay: number;
}

export type LimitReqVerdict =
  /** No limit has a key. */
  | { readonly kind: 'none' }
  | { readonly kind: 'passed' }
  /** `limit` is the one that asks for the longest delay (milliseconds); `excess` is in thousandths. */
  | {
      readonly kind: 'delayed';
      readonly delay: number;
      readonly excess: number;
      readonly limit: RequestLimit;
    }
  | { readonly kind: 'rejected'; readonly excess: number; readonly limit: RequestLimit }
  /** The zone has no room left: nginx rejects, and logs an alert. */
  | { readonly kind: 'full'; readonly limit: RequestLimit };

/**
 * Counts a request against all its limits (ngx_http_limit_req_handler): it is counted nowhere when one of them rejects it.
 * `now` is in milliseconds.
 */
export function limitRequest(limits: readonly RequestLimit[], now: number): LimitReqVerdict {
  const held: { bucket: Bucket; limit: RequestLimit }[] = [];
  let lastExcess = 0;
  let last: RequestLimit | null = null;
  let counted = false;
  for (const [index, limit] of limits.entries()) {
    last = limit;
    if (limit.key === '') continue;
    const isLast = index === limits.length - 1;
    const known = limit.zone.touch(limit.key);
    const excess = known === undefined ? 0 : limit.zone.excessAt(known, now);
    if (known !== undefined && excess > limit.burst) {
      release(held);
      return { kind: 'rejected', excess, limit };
    }
    const bucket = known ?? limit.zone.create(limit.key, now);
    if (bucket === null) {
      release(held);
      return { kind: 'full', limit };
    }
    if (!isLast) {
      bucket.count++;
      held.push({ bucket, limit });
      continue;
    }
    counted = true;
    lastExcess = excess;
    store(bucket, excess, now, known === undefined);
    limit.zone.publish?.([limit.key, now]);
  }
  if (last === null || (!counted && held.length === 0)) return { kind: 'none' };
  return account(held, { excess: lastExcess, limit: last }, now);
}

function release(held: readonly { bucket: Bucket }[]): void {
  for (const { bucket } of held) bucket.count--;
}

function store(bucket: Bucket, excess: number, now: number, isNew: boolean): void {
  if (isNew || elapsed(bucket, now) > 0) bucket.last = now;
  bucket.excess = excess;
}

/** Counts the request in the limits before the last one and finds the longest delay (ngx_http_limit_req_account). */
function account(
  held: readonly { bucket: Bucket; limit: RequestLimit }[],
  start: { excess: number; limit: RequestLimit },
  now: number,
): LimitReqVerdict {
  let { excess, limit } = start;
  let delay = delayFor(limit, excess);
  for (const { bucket, limit: other } of held.toReversed()) {
    const own = other.zone.excessAt(bucket, now);
    store(bucket, own, now, false);
    other.zone.publish?.([other.key, now]);
    bucket.count--;
    const ownDelay = delayFor(other, own);
    if (ownDelay > delay) {
      delay = ownDelay;
      excess = own;
      limit = other;
    }
  }
  return delay === 0 ? { kind: 'passed' } : { kind: 'delayed', delay, excess, limit };
}

function delayFor({ delay, zone }: RequestLimit, excess: number): number {
  return excess <= delay ? 0 : Math.floor(((excess - delay) * 1000) / zone.rate);
}
