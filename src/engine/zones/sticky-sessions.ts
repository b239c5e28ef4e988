import type { SharedZone, ZoneChange } from './shared-zone.ts';
import { chunkSize, usableSize } from './slab.ts';

/** What nginx keeps for a session on a 64-bit machine: two tree nodes, the hash of its name, the server's identifier. */
const sessionSize = 128;

interface Session {
  sid: string;
  /** Milliseconds. */
  last: number;
}

/** The state of `sticky learn` (ngx_http_upstream_sticky_module.c): which server a session is with, least recently used first. */
export class StickySessions implements SharedZone {
  publish: ((change: ZoneChange) => void) | null = null;
  readonly #timeout: number;
  readonly #capacity: number;
  readonly #sessions = new Map<string, Session>();

  /** `size` in bytes, `timeout` in milliseconds. */
  constructor(size: number, timeout: number) {
    this.#capacity = Math.floor(usableSize(size) / chunkSize(sessionSize));
    this.#timeout = timeout;
  }

  /** The identifier of the server of a session at `now` (milliseconds); null when it is not known. */
  find(id: string, now: number): string | null {
    this.#expire(now);
    return this.#sessions.get(id)?.sid ?? null;
  }

  /** A session went to a server. One that is not known is kept only with `create`. */
  learn(id: string, sid: string, create: boolean, now: number): void {
    if (this.#keep(id, sid, create, now)) this.publish?.([id, sid, now]);
  }

  apply([id, sid, now]: ZoneChange): void {
    this.#keep(id as string, sid as string, true, now as number);
  }

  *told(): Generator<readonly [number, ZoneChange]> {
    for (const [id, { sid, last }] of this.#sessions) yield [0, [id, sid, last]];
  }

  forget(): void {
    // Sessions outlive the process that learned them.
  }

  #keep(id: string, sid: string, create: boolean, now: number): boolean {
    this.#expire(now);
    if (!this.#sessions.delete(id)) {
      if (!create) return false;
      if (this.#sessions.size >= this.#capacity) this.#dropOldest();
    }
    this.#sessions.set(id, { sid, last: now });
    return true;
  }

  #expire(now: number): void {
    for (const [id, { last }] of this.#sessions) {
      if (last + this.#timeout > now) return;
      this.#sessions.delete(id);
    }
  }

  #dropOldest(): void {
    const oldest = this.#sessions.keys().next();
    if (oldest.done !== true) this.#sessions.delete(oldest.value);
  }
}
