import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { LogLevel } from '../../engine/api.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';

/** An address to bind, with its socket options; one for each `bind`ing address of the configuration. */
export interface ListenAddress {
  /** As nginx prints it: `127.0.0.1:80`, `0.0.0.0:80`, `[::]:80`, `unix:/path`. */
  readonly text: string;
  /** IP address without brackets; null for a unix socket. */
  readonly host: string | null;
  readonly port: number;
  /** Path of a unix socket; null otherwise. */
  readonly path: string | null;
  /** null = the system's default of nginx on Linux (511). */
  readonly backlog: number | null;
  readonly ipv6Only: boolean;
  readonly reusePort: boolean;
  /** `so_keepalive`: null = the system's default. */
  readonly keepAlive: boolean | null;
  /** Seconds before the first probe; null = the system's. */
  readonly keepAliveIdle: number | null;
}

/** What `listen(2)` is told when the configuration says nothing (NGX_LISTEN_BACKLOG). */
const defaultBacklog = 511;
const socketMode = 0o666;

/** A bound socket. Connections arrive unread and paused; whoever takes them starts the reading. */
export class ListeningSocket {
  readonly address: ListenAddress;
  readonly #server: Server;
  /** Takes new connections; replaced when a new configuration takes over. */
  onConnection: (socket: Socket) => void = (socket) => socket.destroy();
  /** Takes the errno name when a connection could not be accepted: it is lost, the socket stays. */
  onFailure: (code: string) => void = () => {};

  private constructor(address: ListenAddress, server: Server) {
    this.address = address;
    this.#server = server;
    server.on('connection', (socket) => this.onConnection(socket));
  }

  /**
   * Binds and listens.
   *
   * @returns nginx's message and the errno name when that fails
   */
  static open(address: ListenAddress): Promise<ListeningSocket | { code: string; message: string }> {
    const server = createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: address.keepAlive === true,
      keepAliveInitialDelay: (address.keepAliveIdle ?? 0) * 1000,
    });
    return new Promise((resolve) => {
      server.once('error', (error) => {
        const code = errnoOf(error);
        resolve({ code, message: `bind() to ${address.text} failed ${errnoText(code)}` });
      });
      const socket = new ListeningSocket(address, server);
      server.listen(listenOptions(address), () => {
        server.removeAllListeners('error');
        server.on('error', (error) => socket.onFailure(errnoOf(error)));
        const failure = address.path === null ? null : letAllConnect(address.path);
        if (failure !== null) server.close();
        resolve(failure ?? socket);
      });
    });
  }

  /** Stops accepting; the file of a unix socket is removed. Connections live on. */
  close(): void {
    this.#server.close();
  }
}

/** Lets every user connect to a unix socket (ngx_open_listening_sockets); otherwise nginx's message and the errno name. */
function letAllConnect(path: string): { code: string; message: string } | null {
  try {
    chmodSync(path, socketMode);
    return null;
  } catch (error) {
    const code = errnoOf(error);
    return { code, message: `chmod() "${path}" failed ${errnoText(code)}` };
  }
}

/** What nginx says of a connection that could not be accepted (ngx_event_accept). */
export function acceptFailure(code: string): { readonly level: LogLevel; readonly message: string } {
  const level = code === 'ECONNABORTED' ? 'error' : code === 'EMFILE' || code === 'ENFILE' ? 'crit' : 'alert';
  return { level, message: `accept4() failed ${errnoText(code)}` };
}

function listenOptions(address: ListenAddress): object {
  const backlog = address.backlog ?? defaultBacklog;
  if (address.path !== null) return { path: address.path, backlog };
  return {
    host: address.host,
    port: address.port,
    backlog,
    ipv6Only: address.ipv6Only,
    reusePort: address.reusePort,
  };
}
