/**
 * The seam between engine and runtime. The engine decides, synchronously and without I/O of its own (file tests and
 * small files go through {@link World.files}, as nginx does them synchronously as well); the runtime moves bytes.
 * All strings are latin1 byte strings. `explain` drives the same functions with assumed outcomes and reads the trace.
 *
 *     const engine = compileEngine(plan, world)                 // once per configuration
 *     const request = engine.begin(connection, bytes, from)     // null: the head is not complete, call again with more
 *     let action = request.action
 *     … the runtime does what the action says, then calls the function named below, and gets the next action …
 *     when a request is over: engine.accessLog(request), then engine.finish(request)
 *
 * | action      | the runtime …                                                     | … and continues with           |
 * |-------------|-------------------------------------------------------------------|--------------------------------|
 * | `respond`   | sends `engine.responseHead(request)` and `request.body`           | – (final)                      |
 * | `proxy`     | connects to `request.upstream.peer` (or takes a kept connection), sends `engine.upstreamRequestHead(request)` and the request body | `upstreamHead` / `upstreamFailed` |
 * | `forward`   | sends `engine.responseHead(request)` and the upstream's body       | `upstreamDone` (final)         |
 * | `tunnel`    | sends `engine.responseHead(request)`, then bytes both ways         | `upstreamDone` (final)         |
 * | `read-body` | reads the whole request body into `request.requestBody`            | `resume`                       |
 * | `discard-body` | throws away the request body, as much as there is now; the rest when it comes | `resume`, `bodyFailed` when it is malformed |
 * | `begin`     | does nothing: the turn of a subrequest in the background has come | `resume`                       |
 * | `delay`     | waits `request.delay` milliseconds                                 | `resume`                       |
 * | `subrequest`| runs `request.child` (its own `action` is already set) to its end  | `resume`                       |
 * | `resolve`   | resolves `request.resolve.name` with `request.resolve.resolver`, stores `.addresses` or `.error` | `resume` |
 * | `file`      | makes the change `request.fileOperation` to the file system, stores `.failure` | `resume`                |
 * | `close`     | closes the connection without an answer (444, and errors that nginx answers that way) | – (final)  |
 * | `done`      | nothing more: a subrequest that ends without output                | – (final)                      |
 *
 * When an action other than `forward`/`tunnel` follows `upstreamHead`/`upstreamFailed`, the upstream connection in use
 * is closed (nginx does not reuse it). Background subrequests (mirror) are found in `request.background` whenever a
 * function returned; the runtime takes them out and runs each to its end, sending nothing to the client.
 */
import type { CacheZone, StoredFile } from './cache/zone.ts';
import type { Request } from './request.ts';
import type { Plan } from '../3-plan/schema.ts';
import type { UpstreamAddress } from '../3-plan/schema/upstream.ts';

export type Action =
  | 'respond'
  | 'proxy'
  | 'forward'
  | 'tunnel'
  | 'read-body'
  | 'discard-body'
  | 'begin'
  | 'delay'
  | 'subrequest'
  | 'resolve'
  | 'file'
  | 'close'
  | 'done';

/** What went wrong with an attempt (NGX_HTTP_UPSTREAM_FT_*). `no-more` is not an attempt's failure and is never passed in. */
export type UpstreamFailure = 'error' | 'timeout' | 'invalid_header';

export interface Engine {
  readonly plan: Plan;
  readonly world: World;

  /**
   * Reads a request head from `bytes` at `from` (leading empty lines are skipped as nginx does) and runs the request
   * until something has to be done outside. Null while the head is incomplete and still within
   * `large_client_header_buffers`. Heads that nginx refuses give a request too: its action is `respond` (400, 414, 494,
   * 505 …) with `request.keepalive` false. `request.headEnd` is the offset in `bytes` of the first byte after the head.
   */
  begin(connection: Connection, bytes: string, from: number, options?: BeginOptions): Request | null;
  /**
   * Ends a request whose head never came: `client_header_timeout` gives 408 (logged, not sent). Null where nginx logs nothing, that is
   * when no byte of the request had come.
   */
  abandon(connection: Connection, bytes: string, from: number, status: 400 | 408): Request | null;
  /** Continues after `read-body`, `discard-body`, `begin`, `delay`, `subrequest`, `resolve` and `file`. */
  resume(request: Request): Action;
  /**
   * The client's body could not be read: 413 (too large; also found by the runtime while reading a chunked body), 400
   * (bad chunk), 408 (timeout), 500 (temporary file, or a certificate towards the upstream). Runs error_page.
   */
  bodyFailed(request: Request, status: number): Action;

  /** The bytes for the upstream: head, with `proxy_set_body` appended where it is set (`request.upstream.ownBody`). The same for every peer. */
  upstreamRequestHead(request: Request): string;
  /**
   * `bytes` is everything that came from the upstream in this attempt, from its first byte. Null while the head is incomplete.
   * 1xx heads before the final one are skipped by the engine (103 with `early_hints`: see `request.upstream.earlyHints`).
   * On `forward` and `tunnel` the body begins at `request.upstream.headEnd`.
   */
  upstreamHead(request: Request, bytes: string): Action | null;
  /** An attempt failed before the head was complete: connect error, timeout, connection closed early, `proxy_buffer_size` exceeded (`invalid_header`). */
  upstreamFailed(request: Request, failure: UpstreamFailure): Action;
  /** The exchange with the upstream is over (after `forward`, `tunnel`), or was given up because the client went away. Releases the peer. */
  upstreamDone(request: Request): void;

  /**
   * Where an answer is stored besides being sent; null: nowhere. Asked once after `responseHead` where `request.upstream.stores`.
   * The runtime writes `start` and the body, and calls {@link stored}.
   */
  storeJob(request: Request): StoreJob | null;
  /** What became of the job: the file that is in its place now, or null when there is none. */
  stored(request: Request, file: StoredFile | null): void;

  /**
   * The head for the client, with status line and empty line; decides `request.chunked`, `request.keepalive`, `request.headerOnly`.
   * Call once per response, right before writing; `request.keepalive` may have been set to false before (a worker that drains). '' for HTTP/0.9 and for subrequests (whose bodies become part of the parent's).
   * Null when the client's conditions or ranges cannot be met: an error page comes in the place of the answer, `request.action` says how it goes on.
   */
  responseHead(request: Request): string | null;
  /** `limit_rate` (also `$limit_rate` and `X-Accel-Limit-Rate`) and `limit_rate_after`, in bytes per second and bytes; rate 0 is unlimited. Asked once a response, after `responseHead`. */
  sendRate(request: Request): { readonly rate: number; readonly after: number };
  /** Trailer lines after a chunked body (`add_trailer`, `proxy_pass_trailers`), each ended by CRLF; '' without. */
  responseTrailers(request: Request): string;

  /** Must be called once when the request is over, whatever happened. Runs the log phase: zones are released, `post_action` may give a background request. */
  finish(request: Request): void;
  /** Lines for the access logs that apply; a line ends with LF. Empty for subrequests without `log_subrequest`. */
  accessLog(request: Request): LogLine[];

  /**
   * The addresses of a server with `resolve` (indexes into `plan.http.upstreams` and its servers): called at the start and
   * whenever they have changed.
   */
  setUpstreamAddresses(upstream: number, server: number, addresses: readonly FoundAddress[]): void;
  /** The entry of `plan.http.listens` that serves a connection accepted on `listen` with this local address (a wildcard socket serves specific addresses too). */
  selectListen(listen: number, localAddress: string): number;
  /** The server (index into `plan.http.servers`) for a TLS server name; the default server of the listen when nothing matches or the name is ''. */
  serverForName(listen: number, name: string): number;
  /** Paths of certificates and keys of a server (its index) whose `ssl_certificate` has variables, for one connection. */
  certificates(
    server: number,
    connection: Connection,
    serverName: string,
  ): readonly { readonly certificate: string; readonly key: string }[];
}

/** An answer that becomes a file (`proxy_cache`, `proxy_store`). */
export interface StoreJob {
  /** What comes before the body, latin1. */
  readonly start: string;
  /** The file's name; asked when all has been written. '' stores nothing. */
  readonly path: () => string;
  /** Where it is written at first; null: beside its name. */
  readonly temporary: { readonly path: string; readonly levels: readonly number[] } | null;
  /** Mode of the file. */
  readonly access: number;
  /** Its time of change in seconds since the epoch, -1: now. */
  readonly modified: number;
  /** The length that the body must have, -1: any. */
  readonly length: number;
  /** Without it, nothing is put into place. */
  readonly complete: boolean;
}

/** An address that was looked up; `service` is what an SRV record said of it. */
export interface FoundAddress extends UpstreamAddress {
  readonly service: {
    readonly name: string;
    readonly weight: number;
    /** Other records have a better priority: a backup. */
    readonly spare: boolean;
  } | null;
}

export interface BeginOptions {
  /** Records every step in `request.trace`. */
  readonly traced?: boolean;
}

export interface LogLine {
  /** Index into `plan.http.accessLogs`. */
  readonly log: number;
  /** The path with variables replaced; null when the log has a fixed destination. */
  readonly path: string | null;
  readonly line: string;
}

/** One object per client connection, shared by its requests; the runtime makes it and keeps `requests` up to date. */
export interface Connection {
  /** Index into `plan.http.listens` (after `selectListen`). */
  readonly listen: number;
  /** `$connection`: a number unique in the worker. */
  readonly serial: number;
  /** `unix:` for unix sockets. Changed by realip (through the request, kept for the connection as nginx does for PROXY protocol). */
  remoteAddress: string;
  remotePort: number;
  /** The local address and port of the accepted socket. */
  readonly serverAddress: string;
  readonly serverPort: number;
  /** `$connection_requests`: the number of the current request on the connection, from 1. `begin` counts it up when it returns a request. */
  requests: number;
  /** null without TLS; values for $ssl_* are read lazily through it. */
  readonly tls: TlsInfo | null;
  readonly proxyProtocol: ProxyProtocolInfo | null;
  /** Milliseconds since the epoch (world.now()) of the accept. */
  readonly startedAt: number;
  /** `$pipe`: more bytes were already there when this request began. Set by the runtime before `begin`. */
  pipelined: boolean;
}

export interface TlsInfo {
  /** The name of the client's SNI; ''. */
  readonly serverName: string;
  /** Value of `$ssl_<name>`, e.g. `protocol`, `client_verify`; '' when it has none. */
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

/** The request body as the runtime has it. Set on `request.requestBody` after `read-body`. */
export interface RequestBody {
  readonly length: number;
  /** The whole body (`$request_body`); '' when it was written to a file, as in nginx. */
  bytes(): string;
  /** `$request_body_file`; '' when it is in memory. */
  readonly file: string;
}

/** What a `respond` sends after the head. Parts are sent in order; `null` is an empty body. */
export type Body = null | string | readonly BodyPart[];
export type BodyPart =
  | string
  /** The bytes `[start, end)` of a file; read through `descriptor` where the file is open, and stays open, for the request. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly descriptor?: number;
      readonly start: number;
      readonly end: number;
    }
  | SubrequestPart
  /** The body cannot be completed: the connection ends here. The error log knows why. */
  | { readonly kind: 'failure' };

/** SSI: the output of a subrequest (its `action` is set). */
export interface SubrequestPart {
  readonly kind: 'subrequest';
  readonly child: Request;
  /** Its output is kept for `after` instead of being sent. */
  readonly capture?: boolean;
  /** Called when it has ended, with what was kept; what it returns has been through the filter and comes next. */
  readonly after?: (captured: string) => readonly BodyPart[];
}

/**
 * Changes a body on its way to the client (SSI, charsets, ranges). Present as `request.bodyFilter` after `responseHead` when a filter applies; then every
 * piece of the body, file contents too, has to go through it, and the response has no Content-Length.
 */
export interface BodyFilter {
  /** Gives what can be sent now. After `last` nothing is kept back. */
  push(bytes: string, last: boolean): readonly BodyPart[];
}

/** How the answer to a client is compressed (zlib's parameters), and what came of it. */
export interface GzipCoding {
  readonly level: number;
  readonly windowBits: number;
  readonly memLevel: number;
  /** [runtime] Bytes before and after, known at the end. */
  bytesIn: number;
  bytesOut: number;
}

/** Addresses for a name that is known at run time only; filled in by the runtime. */
export interface Resolution {
  readonly name: string;
  /** Index into `plan.http.resolvers`. */
  readonly resolver: number;
  addresses: readonly string[];
  /** '' or nginx's text such as `Host not found`. */
  error: string;
}

/** What the engine needs from outside; frozen and fake in tests and in `explain`. Everything is synchronous. */
export interface World {
  /** Milliseconds since the epoch, as of the current turn of the event loop (cached like nginx's time). */
  now(): number;
  /** Monotonic milliseconds. */
  monotonic(): number;
  /** The value of `Date:` for now, e.g. `Sun, 22 Nov 2026 16:00:00 GMT`; cached once a second by the runtime. */
  httpDate(): string;
  /** A number in [0, 1). */
  random(): number;
  /** Counters of `stub_status`, as of now. */
  connections(): ConnectionCounters;
  readonly pid: number;
  readonly hostname: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: FileSystem;
  /** The zones of `proxy_cache_path` by name; without them nothing is ever found in a cache, or kept. */
  readonly caches?: ReadonlyMap<string, CacheZone>;
  /** Writes to the error log that applies to the request (`null`: to the main one); levels as nginx's. The runtime adds `, client: …, server: …, request: …`. */
  log(level: LogLevel, message: string, request: Request | null): void;
}

export interface ConnectionCounters {
  readonly accepted: number;
  readonly handled: number;
  readonly requests: number;
  readonly active: number;
  readonly reading: number;
  readonly writing: number;
  readonly waiting: number;
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
  /** The owners (user numbers) of a symbolic link and of what it leads to; null for what is no link, or an errno name. */
  link(path: string): { readonly owner: number; readonly targetOwner: number } | null | string;
  /** Whole small file as a byte string (password files, SSI); an errno name in `error` otherwise. */
  read(path: string): { readonly bytes: string } | { readonly error: string };
  /** Bytes of a file from `at` on: fewer than `length` when it ends before; an errno name in `error` otherwise. */
  readPart(path: string, at: number, length: number): Buffer | { readonly error: string };
  list(path: string): readonly string[] | string;
  /** The path without symbolic links and the like; an errno name in `error` where it leads to nothing. */
  realpath(path: string): { readonly path: string } | { readonly error: string };
  /** Whether the process may read the file: '' or an errno name. */
  access(path: string): string;
}

/** One line of an explanation: what a phase did and why. */
export interface TraceStep {
  readonly phase: TracePhase;
  /** Index into `plan.origins`; -1 for what no line of the configuration caused. */
  readonly origin: number;
  readonly message: string;
  /** The status that this step answers with, which ends the request unless `error_page` sends it on; 0 takes back a refusal. */
  readonly answer?: number;
}

export type TracePhase =
  | 'server'
  | 'post-read'
  | 'server-rewrite'
  | 'location'
  | 'rewrite'
  | 'preaccess'
  | 'access'
  | 'precontent'
  | 'content'
  | 'upstream'
  | 'error-page'
  | 'response';
