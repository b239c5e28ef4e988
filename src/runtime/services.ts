import type { Socket } from 'node:net';
import type { CacheZone } from '../engine/cache/zone.ts';
import type { Connection, Engine } from '../engine/api.ts';
import type { AccessLogs } from './log/access-log.ts';
import type { ErrorLogger, ErrorLogs } from './log/error-log.ts';
import type { Reusable } from './connection-slots.ts';
import type { ResolveHost } from './resolver/resolver.ts';
import type { TlsClients } from './tls/tls-client.ts';

/**
 * The contract between the process (sockets to listen on, signals, logs, reload) and the data path.
 *
 * One *generation* is one loaded configuration: a plan, an engine and a worker. A reload makes a new generation for
 * new connections, and drains the old one, in the same process; logs and listening sockets outlive generations.
 */
export interface Services {
  readonly accessLogs: AccessLogs;
  readonly errorLogs: ErrorLogs;
  /** The main error log: for what no request of a location with its own log is about. */
  readonly errorLog: ErrorLogger;
  /** Host names at run time (`resolver`), see `resolver/resolver.ts`. */
  readonly resolve: ResolveHost;
  /** TLS towards upstreams (`proxy_ssl_…`). */
  readonly tlsClients: TlsClients;
  /** The zones of `proxy_cache_path`; null: nothing is kept. */
  readonly caches: ReadonlyMap<string, CacheZone> | null;
  /** The number of this configuration's worker, `$pid`; distinct from the master's with several processes. */
  readonly pid: number;
}

/** One generation's data path. */
export interface Worker {
  /** The acceptor asks it which server a connection and a TLS server name belong to. */
  readonly engine: Engine;
  /**
   * Takes over an accepted connection: after the PROXY header and the TLS handshake where the listener has them.
   * `early` holds bytes that were read behind the PROXY header; the socket is paused and has no listeners.
   */
  accept(socket: Socket, connection: Connection, early: Buffer | null, held: Reusable | null): void;
  /**
   * A graceful stop (QUIT, the old side of a reload): closes idle keep-alive connections, lets requests and tunnels
   * end (answers say `Connection: close`), then calls `done` once. After `timeout` milliseconds
   * (`worker_shutdown_timeout`, 0 = none) what is left is closed.
   */
  drain(timeout: number, done: () => void): void;
  /** Closes everything now (TERM, INT). */
  terminate(): void;
  /** Takes a place among `worker_connections` for what comes before `accept`; false when there is none: the socket is closed then. */
  hold(socket: Socket, held: Reusable): boolean;
  /** Whether nothing is lost with what is held; so it is at first. */
  setReusable(held: Reusable, reusable: boolean): void;
  /** Gives the place of `hold` back; `accept` takes one of its own. */
  release(held: Reusable): void;
}
