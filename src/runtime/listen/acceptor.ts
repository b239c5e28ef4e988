import type { Socket } from 'node:net';
import type { LogLevel } from '../../engine/api.ts';
import type { Reusable } from '../connection-slots.ts';
import { requestContext } from '../log/error-line.ts';
import { readFirstBytes, type Hello } from '../tls/client-hello.ts';
import { TlsConfigurationError } from '../tls/credentials.ts';
import type { TlsServer } from '../tls/tls-server.ts';
import { AcceptedConnection, type LocalAddress } from './accepted-connection.ts';
import type { ListenAddress } from './listening-socket.ts';
import { readProxyHeader } from './proxy-protocol.ts';

/** What a listening socket's connections go through before their first request. */
export interface AcceptSettings {
  readonly address: ListenAddress;
  /** Index into `plan.http.listens` of the address that is bound. */
  readonly listen: number;
  /** Null on wildcard sockets: each connection is asked. */
  readonly local: LocalAddress | null;
  readonly proxyProtocol: boolean;
  readonly tls: boolean;
  /** `client_header_timeout` of the default server, milliseconds; for the PROXY header and the handshake. */
  readonly timeout: number;
}

/** What the acceptor asks of the generation that it belongs to. */
export interface AcceptHooks {
  /** Index into `plan.http.listens` for a connection to this local address. */
  selectListen(local: LocalAddress): number;
  /**
   * Null where the server has no certificate.
   *
   * @throws TlsConfigurationError when a certificate for this very connection cannot be used
   */
  tlsServer(connection: AcceptedConnection, serverName: string): TlsServer | null;
  /** A place among `worker_connections` while the connection is not accepted; false when there is none and the socket is closed. */
  hold(socket: Socket, held: Reusable): boolean;
  /** Whether nothing is lost with what is held; so it is at first. */
  setReusable(held: Reusable, reusable: boolean): void;
  release(held: Reusable): void;
  nextSerial(): number;
  log(level: LogLevel, message: string, connection: number): void;
  /** @param held what has a place for it; null: it takes one */
  accept(socket: Socket, connection: AcceptedConnection, early: Buffer | null, held: Reusable | null): void;
}

/** A fatal `unrecognized_name` alert (RFC 8446 6): what `ssl_reject_handshake` answers. */
const unrecognizedName = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);

/** A fatal `internal_error` alert: what OpenSSL answers when a certificate cannot be loaded. */
const internalError = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50]);

/** Milliseconds that a client has for taking an alert. */
const alertTime = 3000;

/** Makes the function that takes a listening socket's new connections. */
export function createAcceptor(settings: AcceptSettings, hooks: AcceptHooks): (socket: Socket) => void {
  const { local, proxyProtocol, tls } = settings;
  const plain = !proxyProtocol && !tls;
  return (socket) => {
    const at = local ?? { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    const connection = new AcceptedConnection(socket, hooks.nextSerial(), hooks.selectListen(at), at);
    if (plain) hooks.accept(socket, connection, null, null);
    else new Preamble(settings, hooks, socket, connection).start();
  };
}

/** A connection whose PROXY header or ClientHello is being read, or whose handshake is under way. */
class Preamble implements Reusable {
  readonly #settings: AcceptSettings;
  readonly #hooks: AcceptHooks;
  readonly #socket: Socket;
  readonly #connection: AcceptedConnection;
  readonly #timer: NodeJS.Timeout;
  #bytes: Buffer = Buffer.alloc(0);
  /** 'handshake': the TLS server has the socket. */
  #step: 'proxy' | 'tls' | 'handshake';
  list: Reusable['list'] = null;
  previous: Reusable | null = null;
  next: Reusable | null = null;

  constructor(settings: AcceptSettings, hooks: AcceptHooks, socket: Socket, connection: AcceptedConnection) {
    this.#settings = settings;
    this.#hooks = hooks;
    this.#socket = socket;
    this.#connection = connection;
    this.#step = settings.proxyProtocol ? 'proxy' : 'tls';
    this.#timer = setTimeout(() => this.#timeOut(), settings.timeout);
    this.#timer.unref();
  }

  start(): void {
    if (!this.#hooks.hold(this.#socket, this)) {
      clearTimeout(this.#timer);
      return;
    }
    this.#socket.on('data', this.#onData);
    this.#socket.on('end', this.#onEnd);
    this.#socket.on('error', this.#onEnd);
    this.#socket.resume();
  }

  #onData = (chunk: Buffer): void => {
    this.#hooks.setReusable(this, false);
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#step === 'proxy') this.#readProxyHeader();
    else this.#readClientHello();
  };

  #onEnd = (): void => {
    this.#detach();
    this.#hooks.release(this);
    this.#socket.destroy();
  };

  close(): void {
    if (this.#step === 'handshake') this.#socket.destroy();
    else this.#onEnd();
  }

  #detach(): void {
    clearTimeout(this.#timer);
    this.#socket.pause();
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('error', this.#onEnd);
  }

  #timeOut(): void {
    const action = this.#step === 'proxy' ? 'reading PROXY protocol' : 'SSL handshaking';
    this.#log('info', 'client timed out (110: Connection timed out)', action);
    this.#onEnd();
  }

  #log(level: LogLevel, message: string, action: string): void {
    const context = {
      client: this.#connection.remoteAddress,
      action,
      listening: this.#settings.address.text,
    };
    this.#hooks.log(level, message + requestContext(context), this.#connection.serial);
  }

  #readProxyHeader(): void {
    const header = readProxyHeader(this.#bytes);
    if (header.kind === 'incomplete') return;
    if (header.kind === 'broken') {
      this.#log('error', header.message, 'reading PROXY protocol');
      this.#onEnd();
      return;
    }
    this.#connection.proxyProtocol = header.info;
    this.#bytes = this.#bytes.subarray(header.length);
    if (!this.#settings.tls) {
      this.#pass();
      return;
    }
    this.#step = 'tls';
    if (this.#bytes.length > 0) this.#readClientHello();
    else this.#hooks.setReusable(this, true);
  }

  #readClientHello(): void {
    const first = readFirstBytes(this.#bytes);
    if (first.kind === 'incomplete') return;
    if (first.kind === 'plain') {
      this.#pass();
      return;
    }
    const server = this.#chooseServer(first.serverName);
    if (server === undefined) return;
    if (server === null || server.rejectsHandshake) this.#refuse(server === null, first.serverName);
    else this.#handshake(server, first);
  }

  /** Undefined when the handshake has failed already. */
  #chooseServer(name: string): TlsServer | null | undefined {
    try {
      return this.#hooks.tlsServer(this.#connection, name);
    } catch (error) {
      if (!(error instanceof TlsConfigurationError)) throw error;
      this.#log('error', error.message, 'SSL handshaking');
      this.#endWith(internalError);
      return undefined;
    }
  }

  #endWith(alert: Buffer): void {
    this.#detach();
    this.#hooks.release(this);
    // The client may be gone already: then nobody reads the alert.
    this.#socket.on('error', () => undefined);
    this.#socket.setTimeout(alertTime, () => this.#socket.destroy());
    this.#socket.end(alert);
    this.#socket.destroySoon();
  }

  #pass(): void {
    this.#detach();
    this.#hooks.accept(this.#socket, this.#connection, this.#bytes.length > 0 ? this.#bytes : null, this);
  }

  #refuse(withoutCertificate: boolean, serverName: string): void {
    if (withoutCertificate) {
      const message = 'no "ssl_certificate" is defined in server listening on SSL port';
      this.#log('error', message, 'SSL handshaking');
    } else {
      this.#log('info', `handshake rejected, server name: "${serverName}"`, 'SSL handshaking');
    }
    this.#endWith(unrecognizedName);
  }

  #handshake(server: TlsServer, hello: Hello): void {
    this.#detach();
    this.#step = 'handshake';
    this.#socket.unshift(this.#bytes);
    server.handshake(this.#socket, hello, this.#settings.timeout, {
      done: (secure, info) => {
        this.#connection.tls = info;
        this.#hooks.accept(secure, this.#connection, null, this);
      },
      failed: (message) => {
        this.#hooks.release(this);
        this.#log('info', `SSL_do_handshake() failed (${message})`, 'SSL handshaking');
      },
    });
  }
}
