/** What ngx_hash_add_key answers: taken, already there, or no valid wildcard. */
export type HashAnswer = 'ok' | 'busy' | 'declined';

/** The keys of one hash with wildcards while they are gathered (ngx_hash_keys_arrays_t). Keys ignore case. */
export class HashKeys {
  readonly #exact = new Set<string>();
  readonly #heads = new Set<string>();
  readonly #tails = new Set<string>();
  /** Exact keys, which need room in a bucket. */
  readonly hashed: string[] = [];

  /** ngx_hash_add_key; `wildcards` is NGX_HASH_WILDCARD_KEY: `*.example.com`, `.example.com` and `www.example.*`. */
  add(text: string, wildcards: boolean): HashAnswer {
    const key = text.toLowerCase();
    if (!wildcards) return this.#addExact(key);
    const stars = key.split('*').length - 1;
    if (stars > 1 || key.includes('..') || key.includes('\0')) return 'declined';
    if (key.length > 1 && key.startsWith('.')) {
      const name = key.slice(1);
      if (this.#exact.has(name)) return 'busy';
      this.#exact.add(name);
      return addTo(this.#heads, name);
    }
    if (key.length > 2 && key.startsWith('*.')) return addTo(this.#heads, key.slice(2));
    if (key.length > 2 && key.endsWith('.*')) return addTo(this.#tails, key.slice(0, -2));
    return stars > 0 ? 'declined' : this.#addExact(key);
  }

  #addExact(key: string): HashAnswer {
    if (this.#exact.has(key)) return 'busy';
    this.#exact.add(key);
    this.hashed.push(key);
    return 'ok';
  }
}

function addTo(keys: Set<string>, key: string): HashAnswer {
  if (keys.has(key)) return 'busy';
  keys.add(key);
  return 'ok';
}
