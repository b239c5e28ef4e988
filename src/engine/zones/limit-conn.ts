import { chunkSize, usableSize } from './slab.ts';

const nodeOverhead = 36;

/** The state of a `limit_conn_zone` (ngx_http_limit_conn_module.c): requests being processed, by key. */
export class LimitConnZone {
  readonly name: string;
  private readonly capacity: number;
  private used = 0;
  private readonly counts = new Map<string, number>();

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
    return 'entered';
  }

  /** Takes back what `enter` counted. */
  leave(key: string): void {
    const count = this.counts.get(key) ?? 0;
    if (count > 1) this.counts.set(key, count - 1);
    else if (this.counts.delete(key)) this.used -= chunkSize(nodeOverhead + key.length);
  }
}
