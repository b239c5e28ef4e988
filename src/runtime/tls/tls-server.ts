import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import { chosenCertificate, type ChoosingServer } from './certificate-choice.ts';
import { createNamingServer } from './client-authorities.ts';
import type { Hello } from './client-hello.ts';
import type { CertificateCache } from './file-changes.ts';
import { readParameters, TlsConfigurationError, type CredentialFiles } from './credentials.ts';
import {
  ClientStatuses,
  requestFailed,
  type ClientStatusSettings,
  type StatusCaches,
} from './ocsp/client-status.ts';
import type { OcspServices } from './ocsp/query.ts';
import { createStapling, type StapledKind, type StaplingSettings } from './ocsp/stapling.ts';
import { allAuthorities, contextOptions, type TlsSettings } from './secure-context.ts';
import { SessionCache } from './session-cache.ts';
import {
  cacheSessions,
  freshTickets,
  rotateTicketKeys,
  ticketKeys,
  ticketOptions,
  type SessionSettings,
  type TicketSecret,
} from './resumption.ts';
import { TlsConnection, type ClientVerification } from './tls-info.ts';
import { verifyClient } from './verification.ts';

/** `ssl_…` of one server block. */
export interface TlsServerSettings extends TlsSettings, SessionSettings {
  /** Each connection says which certificates it gets; `certificates` is empty. */
  readonly variableCertificates: boolean;
  /** For those; null: files are looked at for each connection. */
  readonly certificateCache: CertificateCache | null;
  readonly preferServerCiphers: boolean;
  /** Null = off. */
  readonly stapling: StaplingSettings | null;
  /** Null = off. */
  readonly clientStatus: ClientStatusSettings | null;
  readonly dhparam: string | null;
  readonly verifyClient: 'off' | 'on' | 'optional' | 'optional_no_ca';
  readonly verifyDepth: number;
  /** Those of `trustedCertificates` whose names clients are told when they are asked for a certificate. */
  readonly namedAuthorities: readonly string[];
  /** Clients that take compressed certificates get them so. */
  readonly compressCertificates: boolean;
  readonly rejectHandshake: boolean;
  /** `http/1.1` and so on. */
  readonly alpn: readonly string[];
}

/** What a server needs of the process for asking OCSP responders. */
export interface TlsServices extends OcspServices {
  readonly statusCaches: StatusCaches;
}

/** What becomes of a handshake; exactly one of the two is called, once. */
export interface HandshakeResult {
  done(socket: TLSSocket, info: TlsConnection): void;
  /** Takes OpenSSL's text; the socket is gone then. */
  failed(message: string): void;
}

interface Pending extends HandshakeResult {
  readonly hello: Hello;
  readonly timer: NodeJS.Timeout;
}

/** The TLS side of one server block. Sockets are handed in with their first bytes put back. */
export class TlsServer {
  readonly #server: Server;
  /** With several certificates that have something stapled: the servers for those who are going to get one or the other. */
  readonly #stapled: StapledServers | null;
  readonly #settings: TlsServerSettings;
  readonly #clientStatuses: ClientStatuses | null;
  readonly #pending = new Map<unknown, Pending>();
  readonly #rotation: NodeJS.Timeout | null = null;

  /**
   * @param tickets what its ticket keys are made from: the same in all workers, another for each server
   * @param services for asking OCSP responders; null: none is asked
   * @throws TlsConfigurationError when certificates or keys cannot be used
   */
  constructor(
    settings: TlsServerSettings,
    files: CredentialFiles,
    tickets = freshTickets(),
    services: TlsServices | null = null,
  ) {
    this.#settings = settings;
    this.#clientStatuses = clientStatusesOf(settings, files, services);
    const sessions = new SessionCache(settings.sessionCache);
    const create = (staple: StapledKind | null): Server => {
      const server = createTlsServer(settings, files, tickets);
      if (settings.sessionCache > 0) cacheSessions(server, sessions);
      if (staple !== null)
        server.on('OCSPRequest', (_certificate, _issuer, answer) => answer(null, staple.take()));
      this.#listen(server);
      return server;
    };
    const staples = staplesOf(settings, files, services);
    this.#server = create(staples.length === 1 ? staples[0]! : null);
    this.#stapled = staples.length < 2 ? null : stapledServers(settings, staples, create);
    if (settings.sessionCache > 0 && settings.sessionTicketKeys.length === 0) {
      const all = [this.#server, ...(this.#stapled?.servers ?? [])];
      this.#rotation = rotateTicketKeys(all, settings.sessionTimeout * 1000, tickets);
    }
  }

  #listen(server: Server): void {
    server.on('secureConnection', (secure) => {
      const socket = parentOf(secure);
      const verification = verifyClient(secure, this.#settings);
      const done = (verdict: ClientVerification): void => {
        const pending = this.#take(socket);
        pending?.done(secure, new TlsConnection(secure, pending.hello, verdict));
      };
      if (this.#settings.clientStatus === null || verification !== 'SUCCESS') return done(verification);
      if (this.#clientStatuses === null) return done(`FAILED:${requestFailed}`);
      this.#clientStatuses.check(secure, (refusal) => done(refusal === '' ? 'SUCCESS' : `FAILED:${refusal}`));
    });
    server.on('tlsClientError', (error, secure) => {
      const socket = parentOf(secure);
      secure.destroy();
      this.#take(socket)?.failed(opensslText(error.message));
    });
  }

  /** @param timeout milliseconds (`client_header_timeout`) */
  handshake(socket: Socket, hello: Hello, timeout: number, result: HandshakeResult): void {
    const timer = setTimeout(() => {
      socket.destroy();
      this.#take(socket)?.failed('client timed out (110: Connection timed out)');
    }, timeout);
    timer.unref();
    this.#pending.set(socket, {
      hello,
      timer,
      done: (secure, info) => result.done(secure, info),
      failed: (message) => result.failed(message),
    });
    // A client that leaves in the middle ends without either event.
    socket.once('close', () => this.#take(socket)?.failed('peer closed connection in SSL handshake'));
    this.#serverFor(hello).emit('connection', socket);
  }

  #serverFor(hello: Hello): Server {
    const index = this.#stapled === null ? null : chosenCertificate(hello, this.#stapled);
    return index === null ? this.#server : this.#stapled!.servers[index]!;
  }

  /** Nothing is to be answered any more. */
  close(): void {
    if (this.#rotation !== null) clearInterval(this.#rotation);
  }

  get rejectsHandshake(): boolean {
    return this.#settings.rejectHandshake;
  }

  #take(socket: unknown): Pending | undefined {
    const pending = this.#pending.get(socket);
    if (pending !== undefined) clearTimeout(pending.timer);
    this.#pending.delete(socket);
    return pending;
  }
}

/** `SSL: error:0A000102:SSL routines::unsupported protocol`, as nginx prints OpenSSL's errors. */
function opensslText(message: string): string {
  const [, code, library, reason] = /(error:[0-9A-F]+):([^:]*):[^:]*:([^:\n]*)/.exec(message) ?? [];
  return code === undefined ? message : `SSL: ${code}:${library}::${reason}`;
}

/** The plain socket below a TLS socket; it has no public name. */
function parentOf(socket: TLSSocket): unknown {
  return (socket as unknown as { _parent: unknown })._parent;
}

function clientStatusesOf(
  settings: TlsServerSettings,
  files: CredentialFiles,
  services: TlsServices | null,
): ClientStatuses | null {
  const { clientStatus } = settings;
  if (clientStatus === null || services === null) return null;
  return new ClientStatuses(clientStatus, allAuthorities(settings.trustedCertificates, files), services);
}

/** What is stapled, by certificate; nothing where connections say which one they get, or a command does (ngx_ssl_stapling). */
function staplesOf(
  settings: TlsServerSettings,
  files: CredentialFiles,
  services: TlsServices | null,
): readonly StapledKind[] {
  const { stapling, variableCertificates, replacement } = settings;
  if (stapling === null || variableCertificates || replacement.certificate !== undefined) return [];
  const paths = settings.certificates.map(({ certificate }) => certificate);
  const trusted = allAuthorities(settings.trustedCertificates, files);
  return createStapling(stapling, paths, trusted, files, services);
}

interface StapledServers extends ChoosingServer {
  /** By certificate. */
  readonly servers: readonly Server[];
}

function stapledServers(
  settings: TlsServerSettings,
  staples: readonly StapledKind[],
  create: (staple: StapledKind) => Server,
): StapledServers {
  return {
    kinds: staples.map(({ kind }) => kind),
    tls13: settings.protocols.includes('TLSv1.3'),
    ownOrder: settings.preferServerCiphers || settings.signatureAlgorithms !== null,
    servers: staples.map(create),
  };
}

function createTlsServer(settings: TlsServerSettings, files: CredentialFiles, tickets: TicketSecret): Server {
  const options = serverOptions(settings, files, tickets);
  try {
    if (settings.verifyClient === 'off') return tls.createServer(options);
    return createNamingServer(options, allAuthorities(settings.namedAuthorities, files));
  } catch (error) {
    const { ecdhCurve: curve } = settings;
    const { message } = error as Error;
    throw new TlsConfigurationError(message.includes('ECDH') ? curveMessage(curve) : message);
  }
}

function curveMessage(curve: string): string {
  const reason = `error:0A080106:SSL routines::passed invalid argument:group '${curve}' cannot be set`;
  return `SSL_CTX_set1_curves_list("${curve}") failed (SSL: ${reason})`;
}

function serverOptions(
  settings: TlsServerSettings,
  files: CredentialFiles,
  tickets: TicketSecret,
): TlsOptions {
  const context = contextOptions(settings, files);
  return {
    ...context,
    secureOptions: (context.secureOptions ?? 0) | constants.SSL_OP_NO_RENEGOTIATION | ticketOptions(settings),
    honorCipherOrder: settings.preferServerCiphers,
    certificateCompression: settings.compressCertificates ? compressions(settings) : undefined,
    dhparam: settings.dhparam === null ? undefined : readParameters(files, settings.dhparam),
    requestCert: settings.verifyClient !== 'off',
    // The connection stays up: a refused certificate is answered with a page (495, 496).
    rejectUnauthorized: false,
    sessionTimeout: settings.sessionTimeout,
    sessionIdContext: 'HTTP',
    ticketKeys: ticketKeys(settings, tickets),
    ALPNProtocols: settings.alpn.length > 0 ? [...settings.alpn] : undefined,
    allowHalfOpen: true,
    pauseOnConnect: true,
  };
}

/** The ways to compress certificates; none before TLS 1.3, nor where Node knows none. */
function compressions({ protocols }: TlsServerSettings): TlsOptions['certificateCompression'] {
  if (!protocols.includes('TLSv1.3') || !('getCertificateCompressionAlgorithms' in tls)) return undefined;
  return tls.getCertificateCompressionAlgorithms();
}
