/** What ngx_hash_add_key answers: `declined` for a malformed wildcard, `busy` for a key that is there already. */
export type KeyAnswer = 'ok' | 'declined' | 'busy';

/** A host name without anything that is special. */
const plainName = /^[^.*\0]+(?:\.[^.*\0]+)*$/;

/** The keys of a hash, host names with wildcards among them, as ngx_hash_keys_arrays_t holds them (ngx_hash.c). */
export class HostnameKeys {
  readonly #exact = new Set<string>();
  readonly #heads = new Set<string>();
  readonly #tails = new Set<string>();
  /** Keys without wildcards. */
  readonly #whole: string[] = [];

  /** Nothing was added. */
  get empty(): boolean {
    return this.#exact.size === 0 && this.#heads.size === 0 && this.#tails.size === 0;
  }

  /** What needs room in a bucket: keys without wildcards, and the labels of the others (ngx_hash_wildcard_init). */
  *hashed(): Generator<string> {
    yield* this.#whole;
    for (const names of [this.#heads, this.#tails]) for (const name of names) yield* name.split('.');
  }

  /** ngx_hash_add_key. Without `wildcards` (NGX_HASH_WILDCARD_KEY) every key is compared whole. Case is ignored. */
  add(name: string, wildcards = true): KeyAnswer {
    const key = name.toLowerCase();
    if (!wildcards || plainName.test(key)) return this.#addExact(key);
    const stars = key.split('*').length - 1;
    if (stars > 1 || key.includes('..') || key.includes('\0')) return 'declined';
    if (key.length > 1 && key.startsWith('.')) {
      const rest = key.slice(1);
      // `.example.com` is the name itself and everything below it.
      return this.#put(this.#exact, rest) === 'busy' ? 'busy' : this.#put(this.#heads, rest);
    }
    if (key.length > 2 && key.startsWith('*.')) return this.#put(this.#heads, key.slice(2));
    if (key.length > 2 && key.endsWith('.*')) return this.#put(this.#tails, key.slice(0, -2));
    return stars > 0 ? 'declined' : this.#addExact(key);
  }

  #addExact(key: string): KeyAnswer {
    const answer = this.#put(this.#exact, key);
    if (answer === 'ok') this.#whole.push(key);
    return answer;
  }

  #put(keys: Set<string>, key: string): KeyAnswer {
    const before = keys.size;
    return keys.add(key).size === before ? 'busy' : 'ok';
  }
}
