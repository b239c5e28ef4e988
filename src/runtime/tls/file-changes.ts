import { statSync } from 'node:fs';

/** `ssl_certificate_cache` and `proxy_ssl_certificate_cache`. */
export interface CertificateCache {
  readonly max: number;
  /** Seconds that a file is kept without being used, and that nobody looks whether it has changed. */
  readonly inactive: number;
  readonly valid: number;
}

interface Known {
  readonly state: string;
  readonly checked: number;
  readonly used: number;
}

/** Tells whether files are still the ones that were read; what is in the cache is not looked at each time (ngx_ssl_cache_fetch). */
export class FileChanges {
  readonly #cache: CertificateCache | null;
  readonly #keeps: (path: string) => boolean;
  /** The file used last at the end. */
  readonly #known = new Map<string, Known>();

  /** @param keeps whether a file that is there may be cached; asked when it is new or has changed */
  constructor(cache: CertificateCache | null, keeps: (path: string) => boolean = () => true) {
    this.#cache = cache;
    this.#keeps = keeps;
  }

  /** A text that changes with the file, at `now` (milliseconds); '' for what is no file, which takes no place. */
  stateOf(path: string, now: number): string {
    if (this.#cache === null) return stateNow(path);
    const known = this.#known.get(path);
    this.#known.delete(path);
    if (known !== undefined && now - known.checked <= this.#cache.valid * 1000) {
      this.#known.set(path, { ...known, used: now });
      return known.state;
    }
    const state = stateNow(path);
    if (state === '' || (state !== known?.state && !this.#keeps(path))) return state;
    if (known === undefined) this.#makeRoom(this.#cache, now);
    this.#known.set(path, { state, checked: now, used: now });
    return state;
  }

  #makeRoom({ max, inactive }: CertificateCache, now: number): void {
    for (const [other, { used }] of this.#known) {
      if (this.#known.size < max && now - used <= inactive * 1000) break;
      this.#known.delete(other);
    }
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
