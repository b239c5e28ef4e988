/**
 * Exact and wildcard names as in `server_name` and `map … hostnames` (ngx_hash.c, ngx_hash_find_combined). Names are
 * lower case. Exact names win over `*.…`, those over `….*`; the longest wildcard wins in each kind.
 */
export class NameTable<Value> {
  private readonly exact = new Map<string, Value>();
  private readonly heads = new Map<string, Value>();
  private readonly tails = new Map<string, Value>();
  /** Lengths of the longest wildcards: clients choose how many dots a name has, and how long it is. */
  private longestHead = 0;
  private longestTail = 0;

  /** Adds `example.com`, `*.example.com`, `.example.com` (both of them) or `www.example.*`; false when it was there already. */
  add(name: string, value: Value): boolean {
    if (name.startsWith('*.')) return this.addHead(name.slice(2), value);
    if (name.endsWith('.*')) {
      this.longestTail = Math.max(this.longestTail, name.length - 2);
      return put(this.tails, name.slice(0, -2), value);
    }
    if (!name.startsWith('.') || name.length < 2) return put(this.exact, name, value);
    const host = name.slice(1);
    if (this.exact.has(host) || this.heads.has(host)) return false;
    return put(this.exact, host, value) && this.addHead(host, value);
  }

  private addHead(host: string, value: Value): boolean {
    this.longestHead = Math.max(this.longestHead, host.length);
    return put(this.heads, host, value);
  }

  /** Adds a name that is compared whole, whatever dots and stars it has. */
  addExact(name: string, value: Value): boolean {
    return put(this.exact, name, value);
  }

  find(name: string): Value | undefined {
    const exact = this.exact.get(name);
    if (exact !== undefined) return exact;
    if (this.heads.size > 0)
      for (
        let dot = name.indexOf('.', name.length - 1 - this.longestHead);
        dot !== -1;
        dot = name.indexOf('.', dot + 1)
      ) {
        const value = this.heads.get(name.slice(dot + 1));
        if (value !== undefined) return value;
      }
    if (this.tails.size > 0)
      for (let dot = name.lastIndexOf('.', this.longestTail); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
        const value = this.tails.get(name.slice(0, dot));
        if (value !== undefined) return value;
      }
    return undefined;
  }
}

function put<Value>(map: Map<string, Value>, key: string, value: Value): boolean {
  if (map.has(key)) return false;
  map.set(key, value);
  return true;
}
