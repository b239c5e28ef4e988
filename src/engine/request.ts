import type {
  Action,
  Body,
  BodyFilter,
  Connection,
  GzipCoding,
  RequestBody,
  Resolution,
  TraceStep,
} from './api.ts';
import type { CompiledLocation, CompiledServer } from './compiled.ts';
import type { FileOperation } from './file-operation.ts';
import type { ContentHandler } from './phases/phase.ts';
import type { Target } from './proxy/target.ts';
import type { UpstreamAttempt, UpstreamExchange } from './upstream-exchange.ts';

/**
 * One request or subrequest; every request has the same shape, which keeps property access fast (in spirit: ngx_http_request_t).
 * Fields marked [runtime] are written by the runtime, the others by the engine.
 */
export class Request {
  readonly connection: Connection;
  /** The request of the client that this one belongs to; itself for a main request. */
  readonly main: Request;
  readonly parent: Request | null;
  action: Action = 'done';

  // --- what the client sent
  /** As sent; for a subrequest `GET` unless made otherwise. */
  method = '';
  /** The request line as sent (`$request`). */
  requestLine = '';
  /** The target as sent (`$request_uri`), for a subrequest its URI. */
  unparsedUri = '';
  /** The path, decoded and normalised (`$uri`); changed by rewrites and internal redirects. */
  uri = '';
  args = '';
  /** The part of `uri` after the last dot, '' without. */
  exten = '';
  /** 9, 1000 or 1001: HTTP/0.9, 1.0, 1.1 (minor versions above 1 count as 1001). */
  httpVersion = 1001;
  /** `$server_protocol`, e.g. `HTTP/1.1`. */
  protocol = '';
  /** The validated host of the request line or `Host` line, lower case, without port; '' when none was sent. */
  host = '';
  /** `$request_port` of 1.29.3. */
  port = '';
  /** Accepted header lines, flat: name, lower-case name, value. */
  headers: string[] = [];
  /** Whether the target is still as the client sent it (no rewrite, no decoding needed): what `proxy_pass` without URI passes on. */
  validUnparsedUri = true;
  /** The path had quotes, dots or slashes that normalisation changed. */
  complexUri = false;
  quotedUri = false;
  plusInUri = false;
  /** Declared Content-Length; -1 when there is none. */
  contentLength = -1;
  /** `Transfer-Encoding: chunked` from the client. */
  chunkedRequest = false;
  /** The client asked for `Expect: 100-continue` (HTTP/1.1): the runtime answers it before reading a body. */
  expectContinue = false;
  /** A handler has begun to answer by then: the `100 Continue` is sent even if a page of nginx's own follows (a redirect by `return`). */
  expectTested = false;
  /** What the client's `Connection` says about keeping the connection. */
  connectionHeader: '' | 'close' | 'keep-alive' = '';
  /** The client sent an `Upgrade` line (the only thing nginx asks before it tunnels). */
  upgrade = false;
  /** [runtime] The body once it was read. */
  requestBody: RequestBody | null = null;
  /** Offset after the head, in the bytes given to `begin`. */
  headEnd = 0;
  /** [runtime] Bytes of this request that were received (`$request_length`): by `begin` those of the head up to a line that is wrong, then those of the body. */
  requestLength = 0;

  // --- where it is
  server!: CompiledServer;
  location!: CompiledLocation;
  /** Position in the phases: index of the phase, and of the handler in it. */
  phase = 0;
  handlerIndex = 0;
  uriChanged = false;
  /** Captures are escaped in what the rewrite module makes, until a `rewrite` matched (`e->quote`). */
  quoteCaptures = false;
  /** `uri` still begins with the name of the location (until `rewrite … break`). */
  validLocation = true;
  addUriToAlias = false;
  /** 401 or 403 that waits for `satisfy any`; negative once `auth_delay` is over. */
  accessCode = 0;
  uriChanges = 11;
  subrequestsLeft = 50;
  internal = false;
  errorPage = false;
  /** Chosen with the location; stays when an `if` without one of its own applies. */
  contentHandler: ContentHandler | null = null;
  /** Browsers with bugs that `keepalive_disable` is about. */
  msie = false;
  msie6 = false;
  chrome = false;
  safari = false;
  /** Values of variables by their index; undefined: not evaluated yet. Null until the first is kept. */
  variables: (string | null | undefined)[] = [];
  /** Captures of the last regex that matched, `[whole, $1, …]`; and of which regex they are. */
  captures: readonly (string | undefined)[] | null = null;
  /** State that a module keeps for a request, by the module's name; null while none has any. */
  modules: Map<string, unknown> | null = null;
  /** The same, but kept over internal redirects (limits, realip, SSI); only the main request's is used. */
  lasting: Map<string, unknown> | null = null;
  /** For `delay`: milliseconds. */
  delay = 0;
  child: Request | null = null;
  /** Only the head of this subrequest is wanted: its body is thrown away. */
  headOnly = false;
  /** It is such a subrequest itself (`r->background`). */
  inBackground = false;
  /** Subrequests whose output goes nowhere (mirror, post_action), for the runtime to take and run. */
  background: Request[] | null = null;
  resolve: Resolution | null = null;
  /** After `discard-body`: gives the result of the handler that wanted it. */
  answering: (() => number) | null = null;
  /** [runtime] Its body was thrown away, or is being. */
  bodyDiscarded = false;
  /** A change to the file system that is wanted, or was made. */
  fileOperation: FileOperation | null = null;

  // --- upstream
  /** What `…_pass` of the location gave; null before its handler ran. */
  target: Target | null = null;
  upstream: UpstreamExchange | null = null;
  /** Finished and current attempts of all exchanges, for `$upstream_*`. */
  upstreamStates: UpstreamAttempt[] | null = null;

  // --- response
  status = 0;
  /** Status set by error handling (`r->err_status`): wins over `status` in the answer. */
  errStatus = 0;
  /** The status line's text after `HTTP/1.1 ` when it comes from an upstream (`404 Nothing Here`); '' for nginx's own text. */
  statusLine = '';
  /** Response header lines beyond the ones below, flat: name, value. Lines with an empty name were removed. */
  headersOut: string[] = [];
  /** `Content-Type` without charset; '' sends none. */
  contentType = '';
  charset = '';
  /** `X-Accel-Charset`: the charset that the answer shall have. */
  overrideCharset = '';
  /** -1: unknown. */
  contentLengthOut = -1;
  /** Seconds since the epoch, -1: none. */
  lastModified = -1;
  /** `Last-Modified` stands in `headersOut` already. */
  lastModifiedListed = false;
  /** `Location` as found; made absolute when the head is written; null for none. */
  redirect: string | null = null;
  /** It stands in `headersOut` already. */
  redirectListed = false;
  etag = '';
  /** The tag stands in `headersOut` already. */
  etagListed = false;
  /** The answer's own `Server` and `Date` come from the upstream: nginx adds none. */
  serverPassed = false;
  datePassed = false;
  /** The answer is an upstream's: conditions of the client are not applied to it. */
  fromUpstream = false;
  rangeNotSatisfiable = false;
  /** A condition of the client's has put an error page in the place of the answer (`r->filter_finalize`). */
  replaced = false;
  expectTrailers = false;
  acceptRanges = false;
  /** Several ranges at once are not given. */
  singleRange = false;
  /** The body begins here in what `contentLengthOut` is the length of (slices). */
  contentOffset = 0;
  /** The single range that is sent. */
  sentRange: { readonly start: number; readonly end: number } | null = null;
  /** A filter found that the answer cannot be sent: there is no head, and the connection ends. */
  headFailed = false;
  /** Bytes per second that `$limit_rate` or `X-Accel-Limit-Rate` was set to last; null: neither was. */
  limitRate: number | null = null;
  trailersOut: string[] = [];
  body: Body = null;
  bodyFilter: BodyFilter | null = null;
  /** The body is gzip's and leaves the runtime unpacked, before {@link bodyFilter} gets it. */
  unpacks = false;
  /** The body leaves the runtime compressed; null: as it is. */
  gzip: GzipCoding | null = null;
  /** Whether the client takes gzip (ngx_http_gzip_ok); null: not asked yet. */
  takesGzip: boolean | null = null;
  /** The answer depends on `Accept-Encoding`. */
  gzipVary = false;
  headerSent = false;
  /** No body follows the head (HEAD, 204, 304, or a subrequest for its head alone). */
  headerOnly = false;
  chunked = false;
  keepalive = false;
  lingeringClose = false;

  // --- accounting
  /** [runtime] Bytes sent to the client: all, and without the head (`$bytes_sent`, `$body_bytes_sent`). */
  bytesSent = 0;
  bodyBytesSent = 0;
  /** It came before the answer to the one before it was out. */
  pipelined = false;
  /** world.now() and world.monotonic() of the first byte. */
  startedAt = 0;
  startedMonotonic = 0;
  /** All was sent, and the request is over (`r->request_complete`). */
  completed = false;
  /** What goes on while nobody says more, for the error log (`c->log->action`); a main request's is used. */
  activity = '';
  /** [runtime] The answer ended before its time, and what nginx holds of it was not sent. */
  cut = false;
  /** [runtime] The subrequest in the background whose end is the end of the request, for the error log (`ctx->current_request`). */
  endedBy: Request | null = null;
  /** [runtime] The client is gone or a timeout ended the request: logged as 499, 408 … */
  abortedStatus = 0;

  trace: TraceStep[] | null = null;

  constructor(connection: Connection, parent: Request | null) {
    this.connection = connection;
    this.parent = parent;
    this.main = parent === null ? this : parent.main;
  }

  /** Whether its head announces a body that is not empty, and that has not been thrown away. */
  get hasBody(): boolean {
    return (this.contentLength > 0 || this.chunkedRequest) && !this.bodyDiscarded;
  }
}
