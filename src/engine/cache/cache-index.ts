/** What is known of one entry (ngx_http_file_cache_node_t). Times are seconds since the epoch unless said otherwise. */
export interface CacheNode {
  /** MD5 in hexadecimal. */
  readonly hash: string;
  /** Requests that use it now. */
  count: number;
  /** Requests that asked for it. */
  uses: number;
  /** A status that stands for an answer until `validSec`, 0: none. */
  error: number;
  validSec: number;
  /** There is a file. */
  exists: boolean;
  /** A request fetches a new answer; at `lockTime` (monotonic milliseconds) another one may. */
  updating: boolean;
  lockTime: number;
  unique: number;
  bodyStart: number;
  /** Bytes that the file takes on the disk. */
  diskSize: number;
  /** When it counts as unused. */
  expire: number;
}

/** Bytes of nginx's slab allocator: a page, what it notes of each, what the zone itself takes, a node. */
const page = 4096;
const pageNote = 24;
const nodesPerPage = page / 128;
const ownPages = 2;

/**
 * The entries of a zone, the longest unused first (ngx_http_file_cache_sh_t). It is bookkeeping: whether there is an answer, the
 * file says.
 */
export class CacheIndex {
  /** In order of use: what was used last stands last. */
  readonly #nodes = new Map<string, CacheNode>();
  #inactive = 0;
  #capacity = 0;
  /** The files that earlier processes left are not all known yet. */
  cold = true;
  /** Bytes that all files take on the disk. */
  diskSize = 0;
  /** More entries than this are too many; set when the zone was full. */
  watermark = Number.MAX_SAFE_INTEGER;

  /**
   * @param size bytes of the zone: as many entries as nginx would have room for
   * @param inactive seconds
   */
  constructor(size: number, inactive: number) {
    this.setLimits(size, inactive);
  }

  setLimits(size: number, inactive: number): void {
    this.#inactive = inactive;
    this.#capacity = Math.max(Math.floor(size / (page + pageNote)) - ownPages, 1) * nodesPerPage;
  }

  get count(): number {
    return this.#nodes.size;
  }

  get full(): boolean {
    return this.#nodes.size >= this.#capacity;
  }

  find(hash: string): CacheNode | null {
    return this.#nodes.get(hash) ?? null;
  }

  /** A new entry, used last. */
  add(hash: string, now: number): CacheNode {
    const node: CacheNode = {
      hash,
      count: 0,
      uses: 0,
      error: 0,
      validSec: 0,
      exists: false,
      updating: false,
      lockTime: 0,
      unique: 0,
      bodyStart: 0,
      diskSize: 0,
      expire: 0,
    };
    this.#nodes.set(hash, node);
    node.expire = now + this.#inactive;
    return node;
  }

  /** A file that an earlier process left (ngx_http_file_cache_add). */
  load(hash: string, diskSize: number, now: number): void {
    const known = this.find(hash);
    if (known !== null) {
      if (this.cold) this.touch(known, now);
    } else if (!this.full) {
      const node = this.add(hash, now);
      node.uses = 1;
      this.setFile(node, { unique: 0, diskSize, bodyStart: 0 });
    }
  }

  /** It is used now. */
  touch(node: CacheNode, now: number): void {
    this.#nodes.delete(node.hash);
    this.#nodes.set(node.hash, node);
    node.expire = now + this.#inactive;
  }

  /** Takes note of a file, which replaces an earlier one of the entry. */
  setFile(node: CacheNode, file: { unique: number; diskSize: number; bodyStart: number }): void {
    this.diskSize += file.diskSize - node.diskSize;
    node.diskSize = file.diskSize;
    node.unique = file.unique;
    node.bodyStart = file.bodyStart;
    node.exists = true;
  }

  /** Begins the entry anew: neither an error nor a file is known of it. */
  forget(node: CacheNode): void {
    this.diskSize -= node.diskSize;
    Object.assign(node, { error: 0, validSec: 0, exists: false, unique: 0, bodyStart: 0, diskSize: 0 });
  }

  /** Forgets files that are not among `hashes`: they have been deleted elsewhere. */
  keepOnly(hashes: ReadonlySet<string>): void {
    for (const node of this.#nodes.values())
      if (node.exists && node.count === 0 && !hashes.has(node.hash)) this.remove(node);
  }

  remove(node: CacheNode): void {
    this.diskSize -= node.diskSize;
    this.#nodes.delete(node.hash);
  }

  /** The zone was full: keeps an eighth of it free from now on (ngx_http_file_cache_set_watermark). */
  setWatermark(): void {
    this.watermark = this.count - Math.floor(this.count / 8);
  }

  /** The entry that was not used for the longest time. */
  oldest(): CacheNode | null {
    return this.#nodes.values().next().value ?? null;
  }

  /** The same among those that no request uses now. */
  oldestUnused(): CacheNode | null {
    for (const node of this.#nodes.values()) if (node.count === 0) return node;
    return null;
  }
}
