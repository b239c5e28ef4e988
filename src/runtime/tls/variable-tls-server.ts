import { CredentialFiles } from './credentials.ts';
import { FileChanges } from './file-changes.ts';
import type { CertificatePair } from './secure-context.ts';
import type { TicketSecret } from './resumption.ts';
import { TlsServer, type TlsServerSettings, type TlsServices } from './tls-server.ts';

/** How many sets of certificates are kept ready. */
const mostKept = 100;

/**
 * A server block whose certificates have variables: each connection says which files they are (ngx_http_ssl_certificate). Files
 * that changed are read again.
 */
export class VariableTlsServer {
  readonly #settings: TlsServerSettings;
  readonly #tickets: TicketSecret;
  readonly #services: TlsServices | null;
  /** By names and times of the files, the one used last at the end. */
  readonly #ready = new Map<string, TlsServer>();
  readonly #files: FileChanges;

  constructor(settings: TlsServerSettings, tickets: TicketSecret, services: TlsServices | null) {
    this.#services = services;
    this.#files = new FileChanges(settings.certificateCache);
    this.#settings = settings;
    this.#tickets = tickets;
  }

  /** @throws TlsConfigurationError when a file cannot be used */
  with(certificates: readonly CertificatePair[]): TlsServer {
    const now = Date.now();
    const withState = (path: string): string[] => [path, this.#files.stateOf(path, now)];
    const key = JSON.stringify(
      certificates.map((pair) => [withState(pair.certificate), withState(pair.key)]),
    );
    let server = this.#ready.get(key);
    if (server === undefined) {
      server = new TlsServer(
        { ...this.#settings, certificates },
        new CredentialFiles(),
        this.#tickets,
        this.#services,
      );
      const oldest = this.#ready.entries().next();
      if (this.#ready.size >= mostKept && oldest.done !== true) {
        this.#ready.delete(oldest.value[0]);
        oldest.value[1].close();
      }
    } else this.#ready.delete(key);
    this.#ready.set(key, server);
    return server;
  }

  close(): void {
    for (const server of this.#ready.values()) server.close();
  }
}
