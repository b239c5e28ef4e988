import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import type { FileStat, FileSystem } from '../engine/api.ts';
import { errnoOf } from '../system/errno.ts';

function attempt<Result>(call: () => Result): Result | string {
  try {
    return call();
  } catch (error) {
    return errnoOf(error);
  }
}

function describe(stats: Stats): FileStat {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
    size: stats.size,
    mtime: Math.floor(stats.mtimeMs / 1000),
    executable: (stats.mode & 0o100) !== 0,
  };
}

/** Paths come as byte strings. */
export const native = (path: string): Buffer => Buffer.from(path, 'latin1');

/** The real file system; calls block, as nginx's do. */
export const realFileSystem: FileSystem = {
  stat: (path) => attempt(() => describe(statSync(native(path)))),
  lstat: (path) => attempt(() => describe(lstatSync(native(path)))),
  link: (path) =>
    attempt(() => {
      const link = lstatSync(native(path));
      if (!link.isSymbolicLink()) return null;
      return { owner: link.uid, targetOwner: statSync(native(path)).uid };
    }),
  read: (path) => {
    const bytes = attempt(() => readFileSync(native(path)));
    return typeof bytes === 'string' ? { error: bytes } : { bytes: bytes.toString('latin1') };
  },
  readPart: (path, at, length) => {
    const bytes = attempt(() => {
      const file = openSync(native(path), 'r');
      try {
        const buffer = Buffer.alloc(length);
        return buffer.subarray(0, readSync(file, buffer, 0, length, at));
      } finally {
        closeSync(file);
      }
    });
    return typeof bytes === 'string' ? { error: bytes } : bytes;
  },
  list: (path) => attempt(() => readdirSync(native(path), 'latin1')),
  realpath: (path) => {
    const real = attempt(() => ({ path: realpathSync.native(native(path), 'latin1') }));
    return typeof real === 'string' ? { error: real } : real;
  },
  access: (path) =>
    attempt(() => {
      accessSync(native(path), constants.R_OK);
      return '';
    }),
};
