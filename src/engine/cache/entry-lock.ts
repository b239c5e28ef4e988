import type { CacheNode } from './cache-index.ts';

/** Longest time between two looks at whether another request is done, in milliseconds (ngx_http_file_cache_lock). */
const lookEvery = 500;

export interface LockOptions {
  readonly lock: boolean;
  /** Milliseconds. */
  readonly lockTimeout: number;
  readonly lockAge: number;
  readonly log: (level: 'info', message: string) => void;
}

/** One request's part in who fetches the answer of an entry (`proxy_cache_lock`, and the mark of who updates). Times are monotonic milliseconds. */
export class EntryLock {
  readonly #options: LockOptions;
  #timeout: number;
  #waiting = false;
  #waitUntil = 0;
  /** This request fetches the answer for all. */
  #held = false;
  #heldSince = 0;

  constructor(options: LockOptions) {
    this.#options = options;
    this.#timeout = options.lockTimeout;
  }

  /** There is no answer yet: fetch it (`miss`, or `scarce` when it is not to be stored), or wait for another request (ngx_http_file_cache_lock). */
  take(node: CacheNode, now: number): 'miss' | 'scarce' | 'wait' {
    if (!this.#options.lock) return 'miss';
    if (!node.updating || node.lockTime <= now) {
      node.lockTime = now + this.#options.lockAge;
      this.hold(node);
    }
    if (this.#held) return 'miss';
    if (this.#timeout === 0) return 'scarce';
    this.#waiting = true;
    if (this.#waitUntil === 0) this.#waitUntil = now + this.#timeout;
    return 'wait';
  }

  /** Whether a request that waits has to go on waiting (ngx_http_file_cache_lock_wait). */
  mustWait(node: CacheNode | null, now: number): boolean {
    if (!this.#waiting || node === null) return false;
    const isTimedOut = this.#waitUntil <= now;
    if (!isTimedOut && node.updating && node.lockTime > now) return true;
    this.#waiting = false;
    if (isTimedOut) {
      this.#options.log('info', 'cache lock timeout');
      this.#timeout = 0;
    }
    return false;
  }

  /** How long to wait before the next look, in milliseconds. */
  waitFor(now: number): number {
    const left = this.#waiting ? this.#waitUntil - now : 0;
    return Math.max(Math.min(left, lookEvery), 1);
  }

  /** This request fetches the answer. */
  hold(node: CacheNode): void {
    node.updating = true;
    this.#held = true;
    this.#heldSince = node.lockTime;
  }

  /** It no longer does; another one may have taken over meanwhile. */
  release(node: CacheNode): void {
    if (this.#held && node.lockTime === this.#heldSince) node.updating = false;
  }
}
