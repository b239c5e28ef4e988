/**
 * The seam between engine and runtime. The engine decides, synchronously and without I/O of its own; the runtime
 * moves bytes. A request is driven like this:
 *
 *     let action = engine.begin(request)            // phases run until something has to be done outside
 *     … the runtime does it …
 *     action = engine.resume(request, outcome)      // until the action is final
 *
 * All strings are latin1 byte strings. `explain` drives the same functions with assumed outcomes, and reads the trace.
 */

/** Where the bytes of a request came from. One object per client connection, shared by its requests. */
export interface ConnectionInfo {
  /** Index into `plan.http.listens`. */
  readonly listen: number;
  /** Changed by realip; hence not readonly. `unix:` for unix sockets. */
  remoteAddress: string;
  remotePort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly serial: number;
  /** Number of this request on the connection, from 1. */
  requests: number;
  /** null without TLS; values for $ssl_* are read lazily through it. */
  readonly tls: TlsInfo | null;
  readonly proxyProtocol: ProxyProtocolInfo | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface TlsInfo {
  readonly serverName: string;
  /** Value of `$ssl_<name>`; '' when it has none. */
  variable(name: string): string;
}

export interface ProxyProtocolInfo {
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationAddress: string;
  readonly destinationPort: number;
  /** Type number to value bytes. */
  readonly tlvs: ReadonlyMap<number, string>;
}

/** Header lines flat, in the order of arrival: name, value, name, value. Names as they were sent. */
export type HeaderList = string[];

/** What the engine needs from outside; frozen and fake in tests and in `explain`. Everything is synchronous. */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds. */
  monotonic(): number;
  /** A number in [0, 1). */
  random(): number;
  readonly pid: number;
  readonly hostname: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: FileSystem;
  /** Writes to the error log that applies; levels as nginx's. */
  log(level: LogLevel, message: string, request: unknown): void;
}

export type LogLevel = 'debug' | 'info' | 'notice' | 'warn' | 'error' | 'crit' | 'alert' | 'emerg';

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  /** Seconds since the epoch, whole. */
  readonly mtime: number;
  readonly executable: boolean;
}

/** File system calls fail with an errno name (`ENOENT`, `EACCES`, …) as the value, never by throwing. */
export interface FileSystem {
  stat(path: string): FileStat | string;
  lstat(path: string): FileStat | string;
  /** Whole small file as a byte string (password files, SSI); an errno name in `error` otherwise. */
  read(path: string): { readonly bytes: string } | { readonly error: string };
  list(path: string): readonly string[] | string;
  /** Whether the process may read the file: '' or an errno name. */
  access(path: string): string;
}
