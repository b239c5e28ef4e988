import { statfsSync, statSync } from 'node:fs';
import type { CacheZone } from '../../engine/cache/zone.ts';
import { cacheFileName } from '../../engine/cache/cache-key.ts';
import type { CacheNode } from '../../engine/cache/cache-index.ts';
import { native } from '../file-system.ts';
import type { CacheDuty } from './cache-zones.ts';

/** Milliseconds. */
const longestRest = 10_000;
const shortRest = 1000;

/**
 * Deletes what was not used for `inactive`, and what was unused for the longest time while the files take more than `max_size`,
 * leave less than `min_free`, or the zone is full (ngx_http_file_cache_manager). Works a little at a time.
 */
export class CacheManager {
  readonly #zone: CacheZone;
  readonly #duty: CacheDuty;
  #timer: NodeJS.Timeout | null = null;

  constructor(zone: CacheZone, duty: CacheDuty) {
    this.#zone = zone;
    this.#duty = duty;
  }

  start(): void {
    this.#run();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run(): void {
    const rest = this.round(Date.now());
    this.#timer = setTimeout(() => this.#run(), rest).unref();
  }

  /**
   * One round.
   *
   * @param now milliseconds since the epoch
   * @returns how long to rest, in milliseconds
   */
  round(now: number): number {
    const { files, sleep, threshold } = this.#zone.path.manager;
    const { index } = this.#zone;
    const seconds = Math.floor(now / 1000);
    const started = performance.now();
    let worked = 0;
    const isEnough = (): boolean => ++worked >= files || performance.now() - started >= threshold;
    for (let node = index.oldest(); node !== null && node.expire <= seconds; node = index.oldest()) {
      if (!this.#isUsedElsewhere(node, seconds)) this.#drop(node, seconds);
      if (isEnough()) return sleep;
    }
    const oldest = index.oldest();
    const rest = oldest === null ? longestRest : Math.min((oldest.expire - seconds) * 1000, longestRest);
    while (this.#isTooMuch()) {
      const node = index.oldestUnused();
      if (node === null) return index.count === 0 ? longestRest : shortRest;
      this.#drop(node, seconds);
      if (isEnough()) return sleep;
    }
    return rest;
  }

  /** Entries in use are taken as just used. */
  #drop(node: CacheNode, seconds: number): void {
    const { index, path, files } = this.#zone;
    if (node.count > 0) {
      index.touch(node, seconds);
      return;
    }
    index.remove(node);
    if (node.exists) files.remove(cacheFileName(path.path, path.levels, node.hash));
  }

  /** Another process has used the file: its time of change says when. */
  #isUsedElsewhere(node: CacheNode, seconds: number): boolean {
    if (!this.#duty.shared || !node.exists) return false;
    const { index, path } = this.#zone;
    const changed = changedAt(cacheFileName(path.path, path.levels, node.hash));
    if (changed + path.inactive <= seconds) return false;
    index.touch(node, changed);
    return true;
  }

  #isTooMuch(): boolean {
    const { index, path } = this.#zone;
    const { maxSize, minFree } = path;
    if (index.count >= index.watermark) return true;
    if (!this.#duty.keepsSize) return false;
    if (maxSize !== null && index.diskSize >= maxSize) return true;
    return minFree !== 0 && freeBytes(path.path) <= minFree;
  }
}

/** Seconds since the epoch; 0 where there is no such file. */
function changedAt(path: string): number {
  const found = statSync(native(path), { throwIfNoEntry: false });
  return found === undefined ? 0 : Math.floor(found.mtimeMs / 1000);
}

/** ngx_fs_available */
function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}
