import { chmodSync, copyFileSync, fstatSync, mkdirSync, renameSync, unlinkSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StoreJob } from '../../engine/api.ts';
import type { StoredFile } from '../../engine/cache/zone.ts';
import { folderMode } from '../../engine/file-operation.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { native } from '../file-system.ts';
import type { TempFile, TempFiles } from '../files/temp-file.ts';
import { tempFolder } from '../files/temp-folders.ts';
import { diskSizeOf } from './zone-files.ts';

/** The mode that files are made with. */
const privateFile = 0o600;

/** An answer on its way into a file: written under a temporary name, and renamed when it is whole. */
export class StoreFile {
  readonly #job: StoreJob;
  readonly #files: TempFiles;
  readonly #log: (message: string) => void;
  readonly temporary: TempFile;
  /** Where the body begins. */
  readonly bodyStart: number;
  #settled = false;

  /** @throws the system's error when the file cannot be made or written */
  constructor(job: StoreJob, files: TempFiles, log: (message: string) => void) {
    this.#job = job;
    this.#files = files;
    this.#log = log;
    this.temporary =
      job.temporary === null
        ? files.createBeside(job.path())
        : files.create({ path: tempFolder(job.temporary.path), levels: job.temporary.levels }, true);
    this.bodyStart = job.start.length;
    try {
      if (job.start !== '') this.append(Buffer.from(job.start, 'latin1'), 0, job.start.length);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws the system's error */
  append(bytes: Buffer, start: number, end: number): void {
    this.temporary.append(bytes, start, end);
  }

  /**
   * The answer is whole: gives the file its name (ngx_ext_rename_file). It can be read through {@link temporary} until that is
   * closed.
   *
   * @returns the file; null when it is not to be kept, or could not be put into place
   */
  commit(): StoredFile | null {
    if (this.#settled) return null;
    const { length, complete, access, modified } = this.#job;
    const path = this.#job.path();
    const isWhole = complete && (length === -1 || this.temporary.length - this.bodyStart === length);
    if (!isWhole || path === '') {
      this.discard();
      return null;
    }
    this.#settled = true;
    const { name } = this.temporary;
    try {
      if (access !== privateFile) chmodSync(native(name), access);
      if (modified !== -1) utimesSync(native(name), modified, modified);
      this.#rename(name, path, true);
      const stats = fstatSync(this.temporary.descriptor);
      return { unique: stats.ino, diskSize: diskSizeOf(stats) };
    } catch (error) {
      this.#log(`rename() "${name}" to "${path}" failed ${errnoText(errnoOf(error))}`);
      this.#remove(name);
      return null;
    }
  }

  /** @param makeFolders make the folders of `path` where they are missing */
  #rename(name: string, path: string, makeFolders: boolean): void {
    try {
      renameSync(native(name), native(path));
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EXDEV') this.#copy(name, path);
      else if (code === 'ENOENT' && makeFolders) {
        mkdirSync(native(dirname(path)), { recursive: true, mode: folderMode(this.#job.access) });
        this.#rename(name, path, false);
      } else throw error;
    }
  }

  /** To another file system: a copy beside the name takes the name's place. */
  #copy(name: string, path: string): void {
    const copy = this.#files.createBeside(path);
    copy.close(false);
    copyFileSync(native(name), native(copy.name));
    chmodSync(native(copy.name), this.#job.access);
    renameSync(native(copy.name), native(path));
    this.#remove(name);
  }

  /** The answer is not whole, or not wanted. */
  discard(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#remove(this.temporary.name);
  }

  #remove(name: string): void {
    try {
      unlinkSync(native(name));
    } catch (error) {
      this.#log(`unlink() "${name}" failed ${errnoText(errnoOf(error))}`);
    }
  }

  close(): void {
    this.discard();
    this.temporary.close(false);
  }
}
