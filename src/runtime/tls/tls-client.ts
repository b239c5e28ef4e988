import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { CredentialFiles } from './credentials.ts';
import { contextOptions, type TlsSettings } from './secure-context.ts';
import { SessionCache } from './session-cache.ts';
import { verificationFailure } from './verification.ts';

/** `proxy_ssl_…` of one location. */
export interface TlsClientConfiguration extends TlsSettings {
  readonly verify: boolean;
  readonly verifyDepth: number;
  readonly sendServerName: boolean;
  readonly sessionReuse: boolean;
  /** Files of this configuration alone; null: they are read with the whole configuration. */
  readonly files: CredentialFiles | null;
}

/** For one configuration: names may come from clients (`proxy_ssl_name $host`). */
const mostSessions = 1000;

/** TLS towards upstreams: contexts and sessions are kept for each configuration. */
export class TlsClients {
  readonly #files: CredentialFiles;
  readonly #contexts = new WeakMap<TlsClientConfiguration, SecureContext>();
  /** By configuration, then by `peer name`. */
  readonly #sessions = new WeakMap<TlsClientConfiguration, SessionCache>();

  constructor(files: CredentialFiles) {
    this.#files = files;
  }

  /**
   * Starts a handshake on a connected socket. The caller waits for `secureConnect`, then asks {@link verifyUpstream}.
   *
   * @param peer `$upstream_addr` of the peer: sessions are kept by it
   * @param name `proxy_ssl_name`, without port; '' = none
   * @throws TlsConfigurationError when certificates or keys cannot be used
   */
  start(socket: Socket, configuration: TlsClientConfiguration, peer: string, name: string): TLSSocket {
    const key = `${peer} ${name}`;
    const sessions = this.#sessionsOf(configuration);
    const secure = connect({
      socket,
      secureContext: this.#contextOf(configuration),
      // An address is no server name (RFC 6066 3).
      servername: configuration.sendServerName && !/^[\d.]+$|:/.test(name) ? name : '',
      rejectUnauthorized: false,
      // Names are compared by `verifyUpstream`, with nginx's message.
      checkServerIdentity: () => undefined,
      session: configuration.sessionReuse ? sessions.get(key) : undefined,
    });
    if (configuration.sessionReuse)
      keepVerified(secure, configuration, name, (session) => sessions.set(key, session));
    return secure;
  }

  #contextOf(configuration: TlsClientConfiguration): SecureContext {
    let context = this.#contexts.get(configuration);
    if (context === undefined) {
      context = createSecureContext(contextOptions(configuration, configuration.files ?? this.#files));
      this.#contexts.set(configuration, context);
    }
    return context;
  }

  #sessionsOf(configuration: TlsClientConfiguration): SessionCache {
    let sessions = this.#sessions.get(configuration);
    if (sessions === undefined) {
      sessions = new SessionCache(mostSessions);
      this.#sessions.set(configuration, sessions);
    }
    return sessions;
  }
}

/** Passes on sessions of connections whose certificate was fine: a resumed one shows no certificate to look at again. */
function keepVerified(
  socket: TLSSocket,
  configuration: TlsClientConfiguration,
  name: string,
  keep: (session: Buffer) => void,
): void {
  let verified = false;
  let early: Buffer | null = null;
  socket.on('session', (session) => {
    if (verified) keep(session);
    else early = session;
  });
  socket.once('secureConnect', () => {
    verified = verifyUpstream(socket, configuration, name) === null;
    if (verified && early !== null) keep(early);
  });
}

/** nginx's message (level error) when `proxy_ssl_verify` refuses the upstream's certificate; null when it is fine. */
export function verifyUpstream(
  socket: TLSSocket,
  configuration: Pick<TlsClientConfiguration, 'verify' | 'verifyDepth'>,
  name: string,
): string | null {
  // Only verified sessions are kept, under the name they were verified for.
  if (!configuration.verify || socket.isSessionReused()) return null;
  const failure = verificationFailure(socket, configuration.verifyDepth);
  if (failure !== null) return `upstream SSL certificate verify error: (${failure.number}:${failure.text})`;
  const certificate = socket.getPeerX509Certificate();
  return certificate !== undefined && matches(certificate, name)
    ? null
    : `upstream SSL certificate does not match "${name}"`;
}

function matches(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}
