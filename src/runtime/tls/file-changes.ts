import { statSync } from 'node:fs';

/** `ssl_certificate_cache`. */
export interface CertificateCache {
  readonly max: number;
  /** Seconds that a file is kept without being used, and that nobody looks whether it has changed. */
  readonly inactive: number;
  readonly valid: number;
}

interface Known {
  state: string;
  checked: number;
  used: number;
}

/** Tells whether files are still the ones that were read; what is in the cache is not looked at each time (ngx_ssl_cache_fetch). */
export class FileChanges {
  readonly #cache: CertificateCache | null;
  /** The file used last at the end. */
  readonly #known = new Map<string, Known>();

  constructor(cache: CertificateCache | null) {
    this.#cache = cache;
  }

  /** A text that changes with the file, at `now` (milliseconds); '' for what is no file. */
  stateOf(path: string, now: number): string {
    if (this.#cache === null) return stateNow(path);
    const known = this.#known.get(path) ?? this.#add(path, this.#cache, now);
    if (known === null) return '';
    if (now - known.checked > this.#cache.valid * 1000) {
      known.state = stateNow(path);
      known.checked = now;
    }
    known.used = now;
    this.#known.delete(path);
    this.#known.set(path, known);
    return known.state;
  }

  /** Null for what is no file, which takes no place. */
  #add(path: string, { max, inactive }: CertificateCache, now: number): Known | null {
    const state = stateNow(path);
    if (state === '') return null;
    for (const [other, { used }] of this.#known) {
      if (this.#known.size < max && now - used <= inactive * 1000) break;
      this.#known.delete(other);
    }
    return { state, checked: now, used: now };
  }
}

function stateNow(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path.replace(/^store:file:/, ''));
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
}
