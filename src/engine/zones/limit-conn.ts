import { OriginCounts, type SharedZone, type ZoneChange } from './shared-zone.ts';
import { chunkSize, usableSize } from './slab.ts';

const nodeOverhead = 36;

/** The state of a `limit_conn_zone` (ngx_http_limit_conn_module.c): requests being processed, by key. */
export class LimitConnZone implements SharedZone {
  publish: ((change: ZoneChange) => void) | null = null;
  readonly name: string;
  private readonly capacity: number;
  private used = 0;
  private readonly counts = new Map<string, number>();
  private readonly others = new OriginCounts();

  constructor(name: string, size: number) {
    this.name = name;
    this.capacity = usableSize(size);
  }

  /** Counts one more for `key`, up to `limit`. */
  enter(key: string, limit: number): 'entered' | 'limited' | 'full' {
    const count = this.counts.get(key);
    if (count === undefined) {
      const bytes = chunkSize(nodeOverhead + key.length);
      if (this.used + bytes > this.capacity) return 'full';
      this.used += bytes;
    } else if (count >= limit) return 'limited';
    this.counts.set(key, (count ?? 0) + 1);
    this.publish?.([key, 1]);
    return 'entered';
  }

  /** Takes back what `enter` counted. */
  leave(key: string): void {
    this.add(key, -1);
    this.publish?.([key, -1]);
  }

  apply([key, change]: ZoneChange, origin: number): void {
    this.others.add(origin, key as string, change as number);
    this.add(key as string, change as number);
  }

  *told(): Generator<readonly [number, ZoneChange]> {
    for (const [origin, key, count] of this.others) yield [origin, [key, count]];
  }

  forget(origin: number): void {
    for (const [key, count] of this.others.take(origin)) this.add(key, -count);
  }

  private add(key: string, change: number): void {
    const before = this.counts.get(key);
    const count = (before ?? 0) + change;
    const bytes = chunkSize(nodeOverhead + key.length);
    if (count > 0) {
      this.counts.set(key, count);
      if (before === undefined) this.used += bytes;
    } else if (this.counts.delete(key)) this.used -= bytes;
  }
}
