import { hostname } from 'node:os';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { LogFile, type Buffering, type ReportFailure } from './log-file.ts';
import { SyslogPeer, type SyslogTarget } from './syslog.ts';
import { PathCache, type PathCacheLimits } from './path-cache.ts';

/** Where the lines of one `access_log` directive go. */
export type AccessLogTarget =
  /** An absolute path without variables. */
  | { readonly kind: 'file'; readonly path: string; readonly buffering: Buffering | null }
  /** Standard error, which the error log may use as well. */
  | { readonly kind: 'stderr' }
  | { readonly kind: 'syslog'; readonly syslog: SyslogTarget };

/** The access logs of a process. Lines are latin1 and come without their line feed. */
export class AccessLogs {
  readonly #files = new Map<string, LogFile>();
  readonly #peers = new Map<string, SyslogPeer>();
  readonly #caches = new Map<PathCacheLimits | null, PathCache>();
  readonly #report: ReportFailure;

  /** @param report takes alerts about logs that cannot be written */
  constructor(report: ReportFailure) {
    this.#report = report;
  }

  /**
   * Opens a destination before it is used, as nginx opens all logs at start.
   *
   * @throws an `Error` with nginx's message when the file cannot be opened
   */
  open(target: AccessLogTarget): (line: string) => void {
    if (target.kind === 'syslog') {
      const peer = this.#peer(target.syslog);
      return (line) => peer.send(target.syslog.severity, line);
    }
    const file = target.kind === 'stderr' ? this.#standardError() : this.#file(target.path, target.buffering);
    return (line) => file.append(`${line}\n`);
  }

  /**
   * Writes to a log whose path has variables; `path` is the evaluated one. The file is opened for each line unless
   * `open_log_file_cache` applies. Returns null, or nginx's message (level crit) when it cannot be opened.
   */
  writeTo(path: string, limits: PathCacheLimits | null, line: string): string | null {
    let cache = this.#caches.get(limits);
    if (cache === undefined) {
      cache = new PathCache(limits);
      this.#caches.set(limits, cache);
    }
    const failure = cache.write(path, `${line}\n`, performance.now() / 1000);
    return failure === null ? null : `open() "${path}" failed ${errnoText(failure)}`;
  }

  /** Writes buffers out and opens all files again (USR1). */
  reopen(): void {
    for (const file of this.#files.values()) file.reopen();
    for (const cache of this.#caches.values()) cache.clear();
  }

  /** Writes lines that wait for the end of this turn: clients must find them when their connection is closed. */
  settle(): void {
    for (const file of this.#files.values()) file.settle();
  }

  /** Writes out everything that was collected. */
  flush(): void {
    for (const file of this.#files.values()) file.flush();
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) file.close();
    for (const cache of this.#caches.values()) cache.clear();
    await Promise.all([...this.#peers.values()].map((peer) => peer.close()));
    this.#files.clear();
    this.#caches.clear();
    this.#peers.clear();
  }

  #file(path: string, buffering: Buffering | null): LogFile {
    const key = `${path}\n${JSON.stringify(buffering)}`;
    let file = this.#files.get(key);
    if (file === undefined) {
      try {
        file = new LogFile(path, buffering, this.#report);
      } catch (error) {
        throw new Error(`open() "${path}" failed ${errnoText(errnoOf(error))}`, { cause: error });
      }
      this.#files.set(key, file);
    }
    return file;
  }

  #standardError(): LogFile {
    let file = this.#files.get('stderr');
    if (file === undefined) this.#files.set('stderr', (file = new LogFile(null, null, this.#report)));
    return file;
  }

  #peer(target: SyslogTarget): SyslogPeer {
    const key = JSON.stringify(target);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      peer = new SyslogPeer(target, hostname(), this.#report);
      this.#peers.set(key, peer);
    }
    return peer;
  }
}
