import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { hashedFolders } from '../../engine/algorithms/hashed-folders.ts';
import { errnoOf } from '../../system/errno.ts';
import { native } from '../file-system.ts';

/** A `*_temp_path`: a directory and how many digits of a file's number name each level below it. */
export interface TempPath {
  readonly path: string;
  readonly levels: readonly number[];
}

/** Numbers temporary files so that names are not reused soon (ngx_next_temp_number). One per worker. */
export class TempFiles {
  #number = 0;

  /**
   * Opens a new file below `path`.
   *
   * @param persistent the file keeps its name until it is deleted; otherwise it has none from the start
   * @throws the error of the system
   */
  create(path: TempPath, persistent: boolean, mode = 0o600): TempFile {
    for (;;) {
      const number = String(++this.#number).padStart(10, '0');
      const name = `${path.path}/${hashedFolders(number, path.levels)}${number}`;
      const file = this.#open(name, persistent, mode, path.levels.length > 0);
      if (file !== null) return file;
    }
  }

  /**
   * Opens a new file whose name is `name`, a dot and ten digits; folders are made for it.
   *
   * @throws the error of the system
   */
  createBeside(name: string): TempFile {
    for (;;) {
      const file = this.#open(`${name}.${String(++this.#number).padStart(10, '0')}`, true, 0o600, true);
      if (file !== null) return file;
    }
  }

  /** Null: that name is taken. */
  #open(name: string, persistent: boolean, mode: number, makeFolders: boolean): TempFile | null {
    try {
      return new TempFile(name, openSync(native(name), 'wx+', mode), persistent);
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EEXIST') return null;
      if (code !== 'ENOENT' || !makeFolders) throw error;
    }
    mkdirSync(native(dirname(name)), { recursive: true, mode: 0o700 });
    return this.#open(name, persistent, mode, false);
  }
}

/** A file that is written once from its beginning, and then read. */
export class TempFile {
  readonly name: string;
  readonly #fd: number;
  #open = true;
  #named: boolean;
  length = 0;

  constructor(name: string, fd: number, persistent: boolean) {
    this.name = name;
    this.#fd = fd;
    this.#named = persistent;
    if (!persistent) unlinkSync(native(name));
  }

  get descriptor(): number {
    return this.#fd;
  }

  append(bytes: Buffer, start: number, end: number): void {
    for (let from = start; from < end;) {
      const written = writeSync(this.#fd, bytes, from, end - from, this.length);
      from += written;
      this.length += written;
    }
  }

  /** Fills `target` from `position` on; gives the number of bytes read, 0 at the end. */
  read(target: Buffer, position: number): number {
    // The system may have given its number to another file.
    if (!this.#open) throw new Error(`"${this.name}" is closed`);
    return readSync(this.#fd, target, 0, Math.min(target.length, this.length - position), position);
  }

  /** @param remove delete a file that still has its name */
  close(remove: boolean): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#fd);
    if (remove && this.#named) {
      this.#named = false;
      unlinkSync(native(this.name));
    }
  }
}
