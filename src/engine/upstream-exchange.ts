import type { GatewayName } from '../3-plan/schema/gateways.ts';
import type { ProxySettings } from '../3-plan/schema.ts';

/** A server that can be connected to. `name` is what `$upstream_addr` shows: `127.0.0.1:80`, `[::1]:80`, `unix:/path`. */
export interface Peer {
  readonly name: string;
  /** IP address without brackets; '' for unix sockets. */
  readonly host: string;
  readonly port: number;
  /** Path of a unix socket, else ''. */
  readonly path: string;
}

/** Kept connections of one upstream: the runtime keeps one pool per `pool` object (identity), by peer. */
export interface KeepalivePool {
  /** At most this many idle connections per worker. */
  readonly connections: number;
  readonly requests: number;
  /** Milliseconds: greatest age, and idle time. */
  readonly time: number;
  readonly timeout: number;
}

/** One attempt at one peer, for `$upstream_*`. Times are milliseconds, -1 while unknown; the runtime sets those marked [runtime]. */
export interface UpstreamAttempt {
  peer: string;
  /** An internal redirect lies before this attempt. */
  firstOfExchange: boolean;
  status: number;
  /** world.monotonic() at the start of the attempt. */
  started: number;
  /** [runtime] */ connectTime: number;
  /** [runtime] */ headerTime: number;
  /** [runtime] */ responseTime: number;
  /** [runtime] body bytes */ responseLength: number;
  /** [runtime] */ bytesReceived: number;
  /** [runtime] */ bytesSent: number;
}

/** Where in the records of FastCGI an answer is: `left` bytes of content and then the padding belong to the current one. */
export interface RecordState {
  readonly type: number;
  readonly left: number;
  readonly padding: number;
}

/** What the runtime has to know of a protocol other than HTTP. */
export interface GatewayWire {
  readonly name: GatewayName;
  /** In an answer stands more than head and body: records, or a line behind the body. */
  readonly framed: boolean;
}

/** The state of passing a request to an upstream (in spirit: ngx_http_upstream_t). */
export interface UpstreamExchange {
  readonly settings: ProxySettings;
  /** TLS to the upstream, with the `proxy_ssl_*` settings (certificate paths in `tlsCertificate`, `tlsKey`). */
  readonly tls: boolean;
  /** SNI and verification name (`proxy_ssl_name`); '' while there is none. */
  tlsName: string;
  /** Absolute paths of `proxy_ssl_certificate` and its key after their variables were replaced; ''. */
  tlsCertificate: string;
  tlsKey: string;
  /** `$proxy_host`, `$proxy_port`. */
  hostHeader: string;
  portText: string;
  /** Name of the upstream server as configured. */
  serverName: string;
  peer: Peer;
  /** Null when connections are not kept for this upstream. */
  pool: KeepalivePool | null;
  /** The URI that is sent, for the error log. */
  uri: string;
  attempt: UpstreamAttempt;
  /** [runtime] The attempt uses a kept connection: when that fails with `error`, the attempt does not count as a try (ngx_http_upstream_next). */
  cached: boolean;
  /** The body made by `proxy_set_body`, already part of the head's string: the client's body is not sent. */
  ownBody: boolean;
  /** Nothing is sent and nothing waited for: the head is read (as '') when the connection is there (`tunnel_pass`). */
  readonly headless: boolean;
  /** Send the client's body chunked (unbuffered chunked request on HTTP/1.1). */
  chunkedBody: boolean;
  /** The client's body goes to the upstream. */
  passBody: boolean;
  /** `proxy_bind`: local address to bind, '' for none; '' port 0. */
  bindAddress: string;
  bindPort: number;

  /** The protocol that is spoken; null: HTTP. */
  readonly gateway: GatewayWire | null;

  // --- the answer
  /** FastCGI: where the head ended. */
  records: RecordState | null;
  /** A gateway's answer without a body has come, and nothing behind it: even where another answer takes its place the connection can be kept. */
  wholeInHead: boolean;
  headEnd: number;
  status: number;
  reason: string;
  /** Flat: name, lower-case name, value. */
  headers: string[];
  /** Body length that follows; -1: until chunked end or close. 0 also where there is no body (HEAD, 204, 304). */
  contentLength: number;
  chunked: boolean;
  /** `Content-Length` as the upstream said it; -1. */
  readonly declaredLength: number;
  /** The connection may be kept after the body (HTTP/1.1 and no `close`, …). */
  keepalive: boolean;
  /** [runtime] Trailer lines of a chunked body as they came, with the empty line; '' when there are none or `passTrailers` is off. Set before `responseTrailers`. */
  trailers: string;
  /** 103 heads to send to the client now (`early_hints`), ready to write; '' for none. The runtime empties it. */
  earlyHints: string;
  /** `proxy_buffering` after X-Accel-Buffering. */
  buffering: boolean;
  /** `proxy_limit_rate`: bytes per second that are read from the upstream; 0: as they come. */
  readRate: number;
  /** The longest head that is taken, in bytes: `proxy_buffer_size` less what a cache file has before it. */
  headLimit: number;
  /** The answer is to be stored: it is fetched to its end whether the client waits for it or not, and `storeJob` tells where it goes. */
  readonly stores: boolean;
  /** Whether the bytes of the request were sent (decides about retries of non-idempotent requests). [runtime] */
  requestSent: boolean;
}
