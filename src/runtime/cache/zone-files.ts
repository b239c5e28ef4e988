import type { Stats } from 'node:fs';
import { closeSync, fstatSync, futimesSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { decode, headerSize } from '../../engine/cache/file-header.ts';
import type { CacheFile, CacheFiles } from '../../engine/cache/zone.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { native } from '../file-system.ts';

/** Bytes of the units in which the system counts what files take. */
const unit = 512;

/**
 * The files of a cache; calls block, as nginx's do.
 *
 * @param marksUse seconds: a file that was not changed for half of that is given a new time of change when it is used; 0: never
 * @param log takes what goes wrong (level crit)
 */
export function zoneFiles(marksUse: number, log: (message: string) => void): CacheFiles {
  // One buffer is enough: nothing else runs while it is in use.
  let room = Buffer.alloc(0);
  const complain = (call: string, name: string, error: unknown): void =>
    log(`${call} "${name}" failed ${errnoText(errnoOf(error))}`);
  return {
    open(name, limit) {
      let descriptor = -1;
      if (room.length < limit) room = Buffer.alloc(limit);
      try {
        descriptor = openSync(native(name), 'r');
        const stats = fstatSync(descriptor);
        const { size } = stats;
        const now = Date.now();
        if (marksUse > 0 && now - stats.mtimeMs > marksUse * 500)
          futimesSync(descriptor, now / 1000, now / 1000);
        const read = readSync(descriptor, room, 0, Math.min(limit, size), 0);
        return new OpenCacheFile(descriptor, {
          start: room.toString('latin1', 0, read),
          length: size,
          unique: stats.ino,
          diskSize: diskSizeOf(stats),
        });
      } catch (error) {
        if (descriptor !== -1) closeSync(descriptor);
        const code = errnoOf(error);
        return code === 'ENOENT' || code === 'ENOTDIR' ? null : errnoText(code);
      }
    },
    replaceHeader(name, file, expected, header) {
      let descriptor = -1;
      try {
        descriptor = openSync(native(name), 'r+');
        const { ino, size } = fstatSync(descriptor);
        if (ino !== file.unique || size !== file.length) return;
        const bytes = Buffer.alloc(headerSize);
        readSync(descriptor, bytes, 0, headerSize, 0);
        const found = decode(bytes.toString('latin1'));
        if (found !== null && expected(found))
          writeSync(descriptor, Buffer.from(header, 'latin1'), 0, headerSize, 0);
      } catch (error) {
        // It may have been deleted.
        if (errnoOf(error) !== 'ENOENT') complain('open()', name, error);
      } finally {
        if (descriptor !== -1) closeSync(descriptor);
      }
    },
    remove(name) {
      try {
        unlinkSync(native(name));
      } catch (error) {
        // Another process may have been faster.
        if (marksUse === 0 || errnoOf(error) !== 'ENOENT') complain('unlink()', name, error);
      }
    },
  };
}

/** The bytes that a file takes on the disk (ngx_file_fs_size). */
export function diskSizeOf({ blocks }: Pick<Stats, 'blocks'>): number {
  return blocks * unit;
}

class OpenCacheFile implements CacheFile {
  readonly start: string;
  readonly length: number;
  readonly unique: number;
  readonly diskSize: number;
  readonly descriptor: number;
  #open = true;

  constructor(
    descriptor: number,
    { start, length, unique, diskSize }: Pick<CacheFile, 'start' | 'length' | 'unique' | 'diskSize'>,
  ) {
    this.descriptor = descriptor;
    this.start = start;
    this.length = length;
    this.unique = unique;
    this.diskSize = diskSize;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.descriptor);
  }
}
