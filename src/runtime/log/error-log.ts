import { hostname } from 'node:os';
import { writeSync, closeSync } from 'node:fs';
import type { LogLevel } from '../../engine/api.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { errorLine, errorLogTime, levelNumbers } from './error-line.ts';
import { openAppend } from './log-file.ts';
import { SyslogPeer, type SyslogTarget } from './syslog.ts';

/** One destination of an `error_log` directive. */
export interface ErrorLogTarget {
  readonly to: ErrorSink;
  readonly level: LogLevel;
}

export type ErrorSink =
  | { readonly kind: 'stderr' }
  /** An absolute path. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'syslog'; readonly syslog: SyslogTarget }
  /** A ring of the last `size` bytes, for debuggers. */
  | { readonly kind: 'memory'; readonly size: number };

/** Writes messages to the destinations of one level of the configuration. */
export interface ErrorLogger {
  /** Whether messages go to standard error. */
  readonly standardError: boolean;
  /** Whether anything takes messages of this level: ask before building an expensive text. */
  takes(level: LogLevel): boolean;
  /**
   * @param connection number of the client's connection, 0 = none
   * @param always whatever the levels of the destinations are (`debug_connection`)
   */
  write(level: LogLevel, text: string, connection?: number, always?: boolean): void;
}

interface Sink {
  write(level: LogLevel, line: string, now: Date): void;
  /** Gives nginx's message when that fails: it goes on as it was. */
  reopen(): string | null;
  close(): void | Promise<void>;
}

/** The error logs of a process: one open file for each path, shared by all that name it. */
export class ErrorLogs {
  readonly #sinks = new Map<string, Sink>();
  readonly #pid: number;
  #stamp = '';
  #stampSecond = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /**
   * A logger for these destinations. A file named twice gets each message twice, as in nginx.
   *
   * @throws an `Error` with nginx's message when a file cannot be opened
   */
  logger(targets: readonly ErrorLogTarget[]): ErrorLogger {
    const sinks = targets.map(({ to, level }) => ({ sink: this.#sink(to), level: levelNumbers[level] }));
    const highest = Math.max(0, ...sinks.map(({ level }) => level));
    return {
      standardError: targets.some(({ to }) => to.kind === 'stderr'),
      takes: (level) => levelNumbers[level] <= highest,
      write: (level, text, connection = 0, always = false) => {
        const wanted = levelNumbers[level];
        if (wanted > highest && !always) return;
        const now = new Date();
        const line = errorLine(this.#time(now), level, this.#pid, connection, text);
        for (const { sink, level: taken } of sinks)
          if (always || wanted <= taken) sink.write(level, line, now);
      },
    };
  }

  /** Opens all files again (USR1); gives nginx's messages (level emerg) about those that stay as they were (ngx_reopen_files). */
  reopen(): string[] {
    return [...this.#sinks.values()].flatMap((sink) => sink.reopen() ?? []);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sinks.values()].map((sink) => sink.close()));
    this.#sinks.clear();
  }

  #time(now: Date): string {
    const second = Math.floor(now.getTime() / 1000);
    if (second !== this.#stampSecond) {
      this.#stampSecond = second;
      this.#stamp = errorLogTime(now);
    }
    return this.#stamp;
  }

  #sink(target: ErrorSink): Sink {
    const key = JSON.stringify(target);
    let sink = this.#sinks.get(key);
    if (sink === undefined) {
      sink = openSink(target);
      this.#sinks.set(key, sink);
    }
    return sink;
  }
}

function openSink(target: ErrorSink): Sink {
  switch (target.kind) {
    case 'stderr':
      return { write: (_level, line) => writeAll(2, line), reopen: () => null, close: () => {} };
    case 'file':
      return fileSink(target.path);
    case 'syslog':
      return syslogSink(target.syslog);
    case 'memory':
      return memorySink(target.size);
  }
}

function fileSink(path: string): Sink {
  let fd = open(path);
  return {
    write: (_level, line) => writeAll(fd, line),
    reopen: () => {
      try {
        const next = open(path);
        closeSync(fd);
        fd = next;
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
    close: () => closeSync(fd),
  };
}

function open(path: string): number {
  try {
    return openAppend(path);
  } catch (error) {
    throw new Error(`open() "${path}" failed ${errnoText(errnoOf(error))}`, { cause: error });
  }
}

/** Error logs are written at once, line by line. A log that cannot be written is no reason to stop serving. */
function writeAll(fd: number, line: string): void {
  try {
    writeSync(fd, line, null, 'latin1');
  } catch {
    // There is no place left to report to; nginx drops such a line too.
  }
}

function syslogSink(target: SyslogTarget): Sink {
  const peer = new SyslogPeer(target, hostname(), () => {});
  return {
    // A frame repeats the whole line without its line feed, its time included (ngx_syslog_writer).
    write: (level, line) => peer.send(levelNumbers[level] - 1, line.slice(0, -1)),
    reopen: () => null,
    close: () => peer.close(),
  };
}

function memorySink(size: number): Sink {
  const ring = Buffer.alloc(size);
  let at = 0;
  return {
    write: (_level, line) => {
      const bytes = Buffer.from(line.slice(-size), 'latin1');
      const first = bytes.copy(ring, at);
      bytes.copy(ring, 0, first);
      at = (at + bytes.length) % size;
    },
    reopen: () => null,
    close: () => {},
  };
}
