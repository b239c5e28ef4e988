import type { CachePath } from '../../3-plan/schema.ts';
import type { CacheIndex } from './cache-index.ts';
import type { CacheHeader } from './file-header.ts';

/** One `proxy_cache_path` at work: what is known of its entries, and its files. Outlives reloads. */
export interface CacheZone {
  readonly path: CachePath;
  readonly index: CacheIndex;
  readonly files: CacheFiles;
}

/** The files of a zone; calls block, as nginx's do. Provided by the runtime. */
export interface CacheFiles {
  /**
   * Opens a file and reads its beginning, at most `limit` bytes. Null: there is none; a text such as `(24: Too many open files)`
   * when that fails otherwise.
   */
  open(name: string, limit: number): CacheFile | string | null;
  /** Writes another header into a file that is still the one that was read: same number and length (ngx_http_file_cache_update_header). */
  replaceHeader(
    name: string,
    file: Pick<CacheFile, 'unique' | 'length'>,
    expected: (found: CacheHeader) => boolean,
    header: string,
  ): void;
  remove(name: string): void;
}

/** An open file. */
export interface CacheFile {
  /** Its first bytes, latin1. */
  readonly start: string;
  /** Bytes in all. */
  readonly length: number;
  /** Tells it from another one of the same name (inode). */
  readonly unique: number;
  /** Bytes that it takes on the disk. */
  readonly diskSize: number;
  /** For parts of a body: the file is read through it, whatever its name means by then. */
  readonly descriptor: number;
  close(): void;
}

/** What became of a file that was written. */
export interface StoredFile {
  readonly unique: number;
  readonly diskSize: number;
}

/** Where nothing is kept: what `explain` and tests without files ask. */
export const noFiles: CacheFiles = {
  open: () => null,
  replaceHeader: () => {},
  remove: () => {},
};
