import { statfsSync } from 'node:fs';
import { opendir, stat, unlink } from 'node:fs/promises';
import { setTimeout as rest } from 'node:timers/promises';
import { headerSize } from '../../engine/cache/file-header.ts';
import type { CacheZone } from '../../engine/cache/zone.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import type { CacheDuty, CacheLog } from './cache-zones.ts';
import { diskSizeOf } from './zone-files.ts';

const hashName = /^[0-9a-f]{32}$/;
/** What is being written has a dot and ten digits at its end. */
const temporaryName = /\.\d{10}$/;
/** Milliseconds. */
const lookEvery = 30_000;
const largestPage = 4096;
const smallestBlock = 512;

/**
 * Finds the files that an earlier process left, so that the manager knows of them (ngx_http_file_cache_loader). Works a little at
 * a time; requests need not wait for it.
 */
export class CacheLoader {
  readonly #zone: CacheZone;
  readonly #duty: CacheDuty;
  readonly #log: CacheLog;
  #again: NodeJS.Timeout | undefined;
  /** Files met in this round; null in the first, when all are new. */
  #seen: Set<string> | null = null;
  #stopped = false;
  #worked = 0;
  #since = 0;

  constructor(zone: CacheZone, duty: CacheDuty, log: CacheLog) {
    this.#zone = zone;
    this.#duty = duty;
    this.#log = log;
  }

  start(): void {
    // The one that keeps the size knows all files; others learn of them by and by.
    if (!this.#duty.keepsSize) this.#zone.index.cold = false;
    else if (this.#zone.index.cold) void this.load().then(() => this.#lookAgain());
    else this.#lookAgain();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#again);
  }

  /** Other processes store and delete files. */
  #lookAgain(): void {
    if (this.#stopped || !this.#duty.shared) return;
    this.#again = setInterval(() => void this.#compare(), lookEvery).unref();
  }

  /** Finds what others have stored, and forgets what they have deleted. */
  async #compare(): Promise<void> {
    const seen = (this.#seen = new Set());
    const { index, path } = this.#zone;
    await this.#walk(path.path);
    this.#seen = null;
    if (!this.#stopped) index.keepOnly(seen);
  }

  async load(): Promise<void> {
    const { index, path } = this.#zone;
    this.#since = performance.now();
    await this.#walk(path.path);
    if (this.#stopped) return;
    index.cold = false;
    const size = (index.diskSize / 1024 / 1024).toFixed(3);
    this.#log('notice', `http file cache: ${path.path} ${size}M, bsize: ${blockSize(path.path)}`);
  }

  async #walk(folder: string): Promise<void> {
    try {
      for await (const entry of await opendir(folder)) {
        if (this.#stopped) return;
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!path.endsWith('/temp')) await this.#walk(path);
        } else await this.#meet(path, entry.name, entry.isFile());
        await this.#pace();
      }
    } catch (error) {
      this.#log('crit', `opendir() "${folder}" failed ${errnoText(errnoOf(error))}`);
    }
  }

  /** What is no cache file goes, as in nginx. */
  async #meet(path: string, name: string, isFile: boolean): Promise<void> {
    if (isFile && temporaryName.test(name)) return;
    try {
      const found = isFile && hashName.test(name) ? await stat(path) : null;
      if (found !== null && found.size >= headerSize) {
        this.#seen?.add(name);
        this.#zone.index.load(name, diskSizeOf(found), Math.floor(Date.now() / 1000));
        return;
      }
      if (found !== null) this.#log('crit', `cache file "${path}" is too small`);
      await unlink(path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT')
        this.#log('crit', `unlink() "${path}" failed ${errnoText(errnoOf(error))}`);
    }
  }

  async #pace(): Promise<void> {
    const { files, sleep, threshold } = this.#zone.path.loader;
    if (++this.#worked < files && performance.now() - this.#since < threshold) return;
    await rest(sleep, undefined, { ref: false });
    this.#worked = 0;
    this.#since = performance.now();
  }
}

/** ngx_fs_bsize */
function blockSize(path: string): number {
  try {
    const { bsize } = statfsSync(path);
    return bsize % smallestBlock !== 0 || bsize > largestPage ? smallestBlock : bsize;
  } catch {
    return smallestBlock;
  }
}
