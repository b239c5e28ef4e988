import { closeSync, openSync, writeSync } from 'node:fs';
import { constants, gzipSync } from 'node:zlib';
import { errnoOf, errnoText } from '../../system/errno.ts';

/** How lines reach a file; nginx keeps these per file, not per directive (ngx_http_log_module.c). */
export interface Buffering {
  /** Bytes to collect before writing. */
  readonly size: number;
  /** Milliseconds after the first collected line; 0 = no limit. */
  readonly flush: number;
  /** gzip level 1..9; 0 = not compressed. */
  readonly gzip: number;
}

/** Where a failing write is reported (an alert, at most one a minute for each file). */
export type ReportFailure = (message: string) => void;

const reportInterval = 60_000;

/** The descriptor of standard error: shared with whoever else writes there, never opened or closed here. */
const standardError = 2;

/**
 * One log file, opened for appending, or standard error. Without buffering, lines of one turn of the event loop are written by one
 * call at its end, so that a busy proxy does not pay a system call for each request.
 */
export class LogFile {
  /** Null for standard error. */
  readonly path: string | null;
  readonly #report: ReportFailure;
  readonly #buffering: Buffering | null;
  #fd: number;
  #pending = '';
  #scheduled: NodeJS.Immediate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reportedAt = -Infinity;

  /** @throws the file system's error when the file cannot be opened. */
  constructor(path: string | null, buffering: Buffering | null, report: ReportFailure) {
    this.path = path;
    this.#buffering = buffering;
    this.#report = report;
    this.#fd = path === null ? standardError : openAppend(path);
  }

  /** Takes one line with its line feed (latin1). */
  append(line: string): void {
    const buffering = this.#buffering;
    if (buffering === null) {
      this.#pending += line;
      this.#scheduled ??= setImmediate(() => this.flush());
      return;
    }
    if (this.#pending.length + line.length > buffering.size) this.flush();
    this.#pending += line;
    if (line.length > buffering.size) this.flush();
    else if (buffering.flush > 0 && this.#timer === null) {
      this.#timer = setTimeout(() => this.flush(), buffering.flush);
      this.#timer.unref();
    }
  }

  /** Writes now what this turn of the event loop collected; what `buffer=` holds back stays. */
  settle(): void {
    if (this.#scheduled !== null) this.flush();
  }

  /** Writes now what was collected. */
  flush(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#scheduled = null;
    this.#timer = null;
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    const level = this.#buffering?.gzip ?? 0;
    this.#write(
      level > 0
        ? gzipSync(Buffer.from(text, 'latin1'), { level, memLevel: constants.Z_DEFAULT_MEMLEVEL })
        : text,
    );
  }

  /** Opens the path again, for USR1 after a rotation; keeps the old file when that fails. */
  reopen(): void {
    this.flush();
    if (this.path === null) return;
    try {
      const fd = openAppend(this.path);
      closeSync(this.#fd);
      this.#fd = fd;
    } catch (error) {
      this.#report(`open() "${this.path}" failed ${errnoText(errnoOf(error))}`);
    }
  }

  close(): void {
    this.flush();
    if (this.path !== null) closeSync(this.#fd);
  }

  #write(data: string | Buffer): void {
    try {
      const size = data.length;
      const written =
        typeof data === 'string' ? writeSync(this.#fd, data, null, 'latin1') : writeSync(this.#fd, data);
      if (written !== size) this.#failed(`was incomplete: ${written} of ${size}`);
    } catch (error) {
      this.#failed(`failed ${errnoText(errnoOf(error))}`);
    }
  }

  #failed(what: string): void {
    const now = performance.now();
    if (now - this.#reportedAt < reportInterval) return;
    this.#reportedAt = now;
    this.#report(`write() to "${this.path ?? 'stderr'}" ${what}`);
  }
}

/** Opens (and creates with mode 0644) a file for appending. */
export function openAppend(path: string): number {
  return openSync(Buffer.from(path, 'latin1'), 'a', 0o644);
}
