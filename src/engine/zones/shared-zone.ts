/** One change of a zone's state, small enough for a message between processes; each kind of zone has forms of its own. */
export type ZoneChange = readonly (string | number)[];

/**
 * A zone whose state several processes have in common. Each keeps all of it, and applies what the others tell: what they decide in
 * the moment until a message arrives is the only difference from nginx's shared memory.
 */
export interface SharedZone {
  /** Takes what changes here; null while there is nobody to tell. */
  publish: ((change: ZoneChange) => void) | null;
  /** A change that another process made; `origin` is its number. */
  apply(change: ZoneChange, origin: number): void;
  /** Everything that other processes have told and that still holds, for one that begins. */
  told(): Iterable<readonly [origin: number, change: ZoneChange]>;
  /** A process is gone, and with it what it had under way. */
  forget(origin: number): void;
}

/** Numbers of things under way in other processes. */
export class OriginCounts {
  readonly #counts = new Map<number, Map<string, number>>();

  add(origin: number, key: string, change: number): void {
    let counts = this.#counts.get(origin);
    if (counts === undefined) this.#counts.set(origin, (counts = new Map()));
    const count = (counts.get(key) ?? 0) + change;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
  }

  /** What `origin` had. */
  take(origin: number): ReadonlyMap<string, number> {
    const counts = this.#counts.get(origin) ?? new Map<string, number>();
    this.#counts.delete(origin);
    return counts;
  }

  /** All origins together. */
  total(key: string): number {
    let sum = 0;
    for (const counts of this.#counts.values()) sum += counts.get(key) ?? 0;
    return sum;
  }

  *[Symbol.iterator](): Generator<readonly [origin: number, key: string, count: number]> {
    for (const [origin, counts] of this.#counts)
      for (const [key, count] of counts) yield [origin, key, count];
  }
}
