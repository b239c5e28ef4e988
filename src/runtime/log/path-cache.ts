import { closeSync, fstatSync, statSync, writeSync } from 'node:fs';
import { errnoOf } from '../../system/errno.ts';
import { openAppend } from './log-file.ts';

/** `open_log_file_cache`; times in seconds. */
export interface PathCacheLimits {
  readonly max: number;
  readonly inactive: number;
  readonly valid: number;
  readonly minUses: number;
}

interface Entry {
  /** null while the path has been used less than `minUses` times. */
  fd: number | null;
  uses: number;
  checkedAt: number;
  usedAt: number;
}

/**
 * Open files of logs whose names hold variables (ngx_open_file_cache.c): least recently used paths leave when there
 * are more than `max`, unused ones after `inactive` seconds, and a path is compared with its open file every `valid`.
 */
export class PathCache {
  readonly #limits: PathCacheLimits | null;
  /** In the order of last use, oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param limits null = no cache: every line opens and closes its file */
  constructor(limits: PathCacheLimits | null) {
    this.#limits = limits;
  }

  /**
   * Appends `text` to `path`.
   *
   * @param now monotonic seconds
   * @returns null, or the errno name of a file that cannot be opened or written
   */
  write(path: string, text: string, now: number): string | null {
    try {
      if (this.#limits === null) writeOnce(path, text);
      else this.#writeCached(this.#limits, path, text, now);
      return null;
    } catch (error) {
      return errnoOf(error);
    }
  }

  clear(): void {
    for (const path of [...this.#entries.keys()]) this.#drop(path);
  }

  #writeCached(limits: PathCacheLimits, path: string, text: string, now: number): void {
    this.#dropInactive(limits, now);
    const entry = this.#entries.get(path) ?? { fd: null, uses: 0, checkedAt: now, usedAt: now };
    if (entry.fd !== null && now - entry.checkedAt >= limits.valid) {
      entry.checkedAt = now;
      if (!isStill(entry.fd, path)) {
        closeSync(entry.fd);
        entry.fd = null;
      }
    }
    // A path that cannot be opened makes no entry and pushes none out.
    const fd = entry.fd ?? openAppend(path);
    try {
      writeSync(fd, text, null, 'latin1');
    } finally {
      if (entry.uses + 1 >= limits.minUses) entry.fd = fd;
      else closeSync(fd);
      this.#touch(limits, path, entry, now);
    }
  }

  #dropInactive(limits: PathCacheLimits, now: number): void {
    for (const [path, { usedAt }] of this.#entries) {
      if (now - usedAt < limits.inactive) break;
      this.#drop(path);
    }
  }

  /** Moves an entry to the young end, making room for a new one. */
  #touch(limits: PathCacheLimits, path: string, entry: Entry, now: number): void {
    if (!this.#entries.delete(path) && this.#entries.size >= limits.max) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#drop(oldest.value);
    }
    entry.uses += 1;
    entry.usedAt = now;
    this.#entries.set(path, entry);
  }

  #drop(path: string): void {
    const entry = this.#entries.get(path);
    if (entry?.fd != null) closeSync(entry.fd);
    this.#entries.delete(path);
  }
}

function writeOnce(path: string, text: string): void {
  const fd = openAppend(path);
  try {
    writeSync(fd, text, null, 'latin1');
  } finally {
    closeSync(fd);
  }
}

/** Whether `path` still names the open file. */
function isStill(fd: number, path: string): boolean {
  const named = statSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false });
  const open = fstatSync(fd);
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}
