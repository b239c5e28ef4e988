import type { CacheKey } from './cache-key.ts';
import { cacheFileName } from './cache-key.ts';
import type { CacheHeader } from './file-header.ts';
import type { LockOptions } from './entry-lock.ts';
import { EntryLock } from './entry-lock.ts';
import { headerStartOf, readHeader, writeHeader, writeStart } from './file-header.ts';
import type { Freshness } from './freshness.ts';
import type { CacheNode } from './cache-index.ts';
import { variantHash } from './vary.ts';
import type { CacheFile, CacheZone, StoredFile } from './zone.ts';

/**
 * What a look into the cache gives: `hit`; `stale`, to be fetched anew by this request; `updating`, being fetched anew by another
 * one; `miss`; `scarce`: asked for too rarely to be kept; `wait`: another request fetches it; `failed`; or a status that is kept
 * in place of an answer.
 */
export type Lookup = 'hit' | 'stale' | 'updating' | 'miss' | 'scarce' | 'wait' | 'failed' | number;

/** What an entry needs to know of the request and its location. */
export interface EntryOptions extends LockOptions {
  readonly minUses: number;
  /** `proxy_buffer_size`: room for header, key and head. */
  readonly bufferSize: number;
  /** Headers of the request, flat: name, lower-case name, value. */
  readonly headers: readonly string[];
  readonly log: (level: 'info' | 'crit' | 'alert', message: string) => void;
}

/** Seconds since the epoch, and monotonic milliseconds. */
export interface Clock {
  readonly seconds: number;
  readonly milliseconds: number;
}

/** The place of one request's answer in the cache (ngx_http_cache_t, ngx_http_file_cache.c). */
export class CacheEntry implements Freshness {
  readonly zone: CacheZone;
  readonly key: CacheKey;
  readonly headerStart: number;
  readonly #options: EntryOptions;
  /** Of the key, or of a variant. */
  #hash: string;
  #secondary = false;
  #node: CacheNode | null = null;
  #file: CacheFile | null = null;
  readonly #lock: EntryLock;
  /** Nothing is held any more. */
  #done = false;
  /** For {@link replaceHeader}: the file that was read. */
  #read: Pick<CacheFile, 'unique' | 'length'> = { unique: 0, length: 0 };

  validSec = 0;
  updatingSec = 0;
  errorSec = 0;
  vary = '';
  forbidden = false;
  noCache = false;
  expired = false;
  /** -1: unknown. */
  lastModified = -1;
  etag = '';
  date = 0;
  bodyStart = 0;
  /** Of the answer that was found: it may be used while a new one is fetched, and when that fails. */
  staleUpdating = false;
  staleError = false;
  /** A status to be kept in place of an answer. */
  error = 0;

  constructor(zone: CacheZone, key: CacheKey, options: EntryOptions) {
    this.zone = zone;
    this.key = key;
    this.headerStart = headerStartOf(key);
    this.#hash = key.hash;
    this.#options = options;
    this.#lock = new EntryLock(options);
  }

  /** The file's name. */
  get name(): string {
    return cacheFileName(this.zone.path.path, this.zone.path.levels, this.#hash);
  }

  /** The file that was found, open until {@link closeFile}. */
  get file(): CacheFile | null {
    return this.#file;
  }

  /** How long to wait before the next look, in milliseconds; after a {@link Lookup} of `wait`. */
  waitFor(clock: Clock): number {
    return this.#lock.waitFor(clock.milliseconds);
  }

  /** ngx_http_file_cache_open */
  open(clock: Clock): Lookup {
    if (this.#lock.mustWait(this.#node, clock.milliseconds)) return 'wait';
    const known = this.#find(clock.seconds);
    if (known === null) return 'failed';
    if (known === 'scarce') return 'scarce';
    const node = this.#node!;
    if (known === 'known' && node.error !== 0) {
      this.error = node.error;
      return node.error;
    }
    if (known === 'renewed') return this.#lock.take(node, clock.milliseconds);
    const found = this.zone.files.open(this.name, this.#options.bufferSize);
    if (typeof found === 'string') {
      this.#options.log('crit', `open() "${this.name}" failed ${found}`);
      return 'failed';
    }
    if (found !== null) return this.#take(found, clock);
    if (known === 'new' && this.#options.minUses > 1) return 'scarce';
    return this.#lock.take(node, clock.milliseconds);
  }

  /** Makes an entry for an answer that was asked for without looking (ngx_http_file_cache_create). */
  create(clock: Clock): boolean {
    return this.#find(clock.seconds) !== null;
  }

  /** ngx_http_file_cache_exists; null when the zone has no room. */
  #find(now: number): 'known' | 'scarce' | 'new' | 'renewed' | null {
    const { index } = this.zone;
    let node = this.#node ?? index.find(this.#hash);
    if (node === null) {
      if (index.full && !this.#makeRoom()) return null;
      node = index.add(this.#hash, now);
      node.uses = 1;
      node.count = 1;
      this.#node = node;
      return 'new';
    }
    if (this.#node === null) {
      node.uses++;
      node.count++;
    }
    this.#node = node;
    index.touch(node, now);
    if (node.error !== 0) {
      if (node.validSec >= now) return 'known';
      index.forget(node);
      return 'renewed';
    }
    return node.exists || node.uses >= this.#options.minUses ? 'known' : 'scarce';
  }

  /** The zone is full: the entry that was unused for the longest time goes, with its file. */
  #makeRoom(): boolean {
    const { index, path } = this.zone;
    index.setWatermark();
    const oldest = index.oldestUnused();
    if (oldest !== null) {
      index.remove(oldest);
      if (oldest.exists) this.zone.files.remove(cacheFileName(path.path, path.levels, oldest.hash));
      return true;
    }
    this.#options.log('alert', `could not allocate node in cache keys zone "${path.name}"`);
    return false;
  }

  /** ngx_http_file_cache_read */
  #take(file: CacheFile, clock: Clock): Lookup {
    const { bufferSize, headers, log } = this.#options;
    const header = readHeader(file.start, this.key, bufferSize);
    if ('problem' in header) {
      file.close();
      log(header.level, `cache file "${this.name}" ${header.problem}`);
      return 'miss';
    }
    if (header.vary !== '') {
      const variant = variantHash(this.key.hash, header.vary, headers);
      if (variant !== header.variant) {
        file.close();
        return this.#openVariant(variant, clock);
      }
    }
    this.closeFile();
    this.#file = file;
    this.#read = { unique: file.unique, length: file.length };
    this.#takeHeader(header);
    const node = this.#node!;
    if (!node.exists) this.zone.index.setFile(node, { ...pick(file), bodyStart: header.bodyStart });
    return this.#judge(node, clock.seconds);
  }

  #takeHeader(header: CacheHeader): void {
    this.validSec = header.validSec;
    this.updatingSec = header.updatingSec;
    this.errorSec = header.errorSec;
    this.lastModified = header.lastModified;
    this.date = header.date;
    this.bodyStart = header.bodyStart;
    this.etag = header.etag;
  }

  #judge(node: CacheNode, now: number): Lookup {
    if (this.validSec >= now) return 'hit';
    this.staleUpdating = this.validSec + this.updatingSec >= now;
    this.staleError = this.validSec + this.errorSec >= now;
    if (node.updating) return 'updating';
    this.#lock.hold(node);
    return 'stale';
  }

  /** The file is of another variant: looks for the one of this request (ngx_http_file_cache_reopen). */
  #openVariant(variant: string, clock: Clock): Lookup {
    if (this.#secondary) {
      this.#options.log('crit', `cache file "${this.name}" has incorrect vary hash`);
      return 'miss';
    }
    this.#node!.count--;
    this.#node = null;
    this.#secondary = true;
    this.#hash = variant;
    return this.open(clock);
  }

  /** The answer that was found is too old, and is asked for anew: what its headers said no longer counts. */
  forgetFreshness(): void {
    this.validSec = 0;
    this.updatingSec = 0;
    this.errorSec = 0;
  }

  /**
   * What a new file begins with, in front of the body (ngx_http_file_cache_set_header).
   *
   * @param head the upstream's head as it came
   */
  startFile(head: string, now: number): string {
    this.bodyStart = this.headerStart + head.length;
    const header = this.#header();
    // An answer that is of another variant than was asked for goes under the key itself (ngx_http_file_cache_update_variant).
    if (this.#secondary && header.variant !== this.#hash) {
      this.#node!.count--;
      this.#node!.updating = false;
      this.#node = null;
      this.#hash = this.key.hash;
      this.#find(now);
    }
    return writeStart(header, this.key) + head;
  }

  #header(): CacheHeader {
    const { vary } = this;
    return {
      validSec: this.validSec,
      updatingSec: this.updatingSec,
      errorSec: this.errorSec,
      lastModified: this.lastModified,
      date: this.date,
      crc32: this.key.crc32,
      headerStart: this.headerStart,
      bodyStart: this.bodyStart,
      etag: this.etag,
      vary,
      variant: vary === '' ? '' : variantHash(this.key.hash, vary, this.#options.headers),
    };
  }

  /** Writes validity and date into the file that was found (ngx_http_file_cache_update_header). */
  updateHeader(): void {
    const { lastModified, key, headerStart, bodyStart } = this;
    const same = (found: CacheHeader): boolean =>
      found.lastModified === lastModified &&
      found.crc32 === key.crc32 &&
      found.headerStart === headerStart &&
      found.bodyStart === bodyStart;
    this.zone.files.replaceHeader(this.name, this.#read, same, writeHeader(this.#header()));
  }

  /** The answer was written to the file, or could not be put in its place (ngx_http_file_cache_update). */
  stored(file: StoredFile | null): void {
    const node = this.#node;
    if (this.#done || node === null) return;
    this.#done = true;
    node.count--;
    node.error = 0;
    if (file !== null) this.zone.index.setFile(node, { ...file, bodyStart: this.bodyStart });
    node.updating = false;
  }

  /** Nothing is stored: lets go of the entry, which keeps `error` if that was set (ngx_http_file_cache_free). */
  free(): void {
    const node = this.#node;
    if (this.#done || node === null) return;
    this.#done = true;
    node.count--;
    this.#lock.release(node);
    if (this.error !== 0) {
      node.error = this.error;
      if (this.validSec !== 0) node.validSec = this.validSec;
    } else if (!node.exists && node.count === 0 && this.#options.minUses === 1) this.zone.index.remove(node);
  }

  closeFile(): void {
    this.#file?.close();
    this.#file = null;
  }
}

const pick = ({ unique, diskSize }: CacheFile): StoredFile => ({ unique, diskSize });
