import { readFileSync, readdirSync, statSync } from 'node:fs';
import { textOfBytes } from '../text/source-file.ts';

/** What a read of a file answers: its bytes as a latin1 string, or an errno name such as `ENOENT`. */
export type ReadResult = { readonly text: string } | { readonly error: string };

/** The file system as includes need it; tests give one in memory. Paths are absolute. */
export interface FileReader {
  read(path: string): ReadResult;
  /** Names in a directory; empty when it cannot be read. */
  list(directory: string): readonly string[];
}

/** The real file system. */
export const diskReader: FileReader = {
  read(path) {
    try {
      // Opening a directory succeeds and only reading it fails (pread() in nginx); FIFOs would block for ever.
      if (!statSync(path).isFile() && statSync(path).isFIFO()) return { error: 'EINVAL' };
      return { text: textOfBytes(readFileSync(path)) };
    } catch (error) {
      return { error: (error as NodeJS.ErrnoException).code ?? 'EIO' };
    }
  },
  list(directory) {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  },
};

/** A reader over files in memory, by absolute path. */
export function memoryReader(files: Readonly<Record<string, string>>): FileReader {
  return {
    read(path) {
      return Object.hasOwn(files, path) ? { text: files[path]! } : { error: 'ENOENT' };
    },
    list(directory) {
      const start = directory.endsWith('/') ? directory : `${directory}/`;
      const names = Object.keys(files)
        .filter((path) => path.startsWith(start))
        .map((path) => path.slice(start.length).split('/')[0]!);
      return [...new Set(names)];
    },
  };
}
