import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { askStatus, type OcspServices, type Resolving, type StatusAnswer } from './query.ts';
import { responderOf, parseResponder, type Responder } from './responder.ts';
import { StatusCache } from './status-cache.ts';
import { isAuthorised, trustedChain } from './verify.ts';

/** `ssl_ocsp` of one server that asks its clients for certificates. */
export interface ClientStatusSettings extends Resolving {
  /** Of the chain, or of the client's certificate alone (`leaf`). */
  readonly wholeChain: boolean;
  /** Takes the place of what certificates name; '' without. */
  readonly responder: string;
  /** `ssl_ocsp_cache`; null without. Servers that name the same share it. */
  readonly cache: { readonly name: string; readonly bytes: number } | null;
}

/** The caches of a process, by name. */
export type StatusCaches = Map<string, StatusCache>;

export const requestFailed = 'certificate status request failed';
const refusals: Readonly<Record<Exclude<StatusAnswer['status'], 'good'>, string>> = {
  revoked: 'certificate revoked',
  unknown: 'certificate status unknown',
};

/** Says of clients' certificates whether they are still good, by asking their responders (ngx_ssl_ocsp_validate). */
export class ClientStatuses {
  readonly #settings: ClientStatusSettings;
  readonly #trusted: readonly X509Certificate[];
  readonly #services: OcspServices;
  readonly #cache: StatusCache | null;

  /** @param trusted authorities that clients' certificates are verified by, as PEM */
  constructor(
    settings: ClientStatusSettings,
    trusted: readonly string[],
    services: OcspServices & { readonly statusCaches: StatusCaches },
  ) {
    this.#settings = settings;
    this.#trusted = trusted.map((pem) => new X509Certificate(pem));
    this.#services = services;
    this.#cache = settings.cache === null ? null : cacheOf(services.statusCaches, settings.cache);
  }

  /**
   * Asks about the certificate of a client that has passed the verification against the authorities.
   *
   * @param done called once, with '' when all is well, otherwise with nginx's reason
   */
  check(socket: TLSSocket, done: (refusal: string) => void): void {
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) return done('');
    const chain = trustedChain(leaf, sentBy(leaf), this.#trusted);
    if (chain === null) return done(requestFailed);
    // Nobody vouches for a root, and it is not asked about.
    const asked = this.#settings.wholeChain ? chain.length - 1 : Math.min(1, chain.length - 1);
    this.#next(chain, 0, asked, done);
  }

  #next(chain: readonly X509Certificate[], at: number, count: number, done: (refusal: string) => void): void {
    if (at === count) return done('');
    const [certificate, issuer] = [chain[at]!, chain[at + 1]!];
    const responder = this.#responderOf(certificate);
    if (responder === null) return done(requestFailed);
    const take = (status: StatusAnswer['status'] | null): void => {
      if (status === 'good') this.#next(chain, at + 1, count, done);
      else done(status === null ? requestFailed : refusals[status]);
    };
    const kept = this.#cache?.find(certificate, issuer) ?? null;
    if (kept !== null) return take(kept);
    const query = {
      certificate,
      issuer,
      responder,
      name: '',
      systemLookup: this.#settings.responder !== '',
      known: chain,
      accepts: (signer: X509Certificate) => isAuthorised(signer, issuer),
    };
    askStatus(query, { ...this.#services, ...this.#settings }, (answer) => {
      if (answer !== null) this.#cache?.keep(certificate, issuer, answer);
      take(answer?.status ?? null);
    });
  }

  #responderOf(certificate: X509Certificate): Responder | null {
    const url = this.#settings.responder || responderOf(certificate);
    if (url === undefined) {
      this.#services.log('error', 'no OCSP responder URL in certificate');
      return null;
    }
    const responder = parseResponder(url);
    if (responder === null)
      this.#services.log('error', `invalid URL prefix in OCSP responder "${url}" in certificate`);
    return responder;
  }
}

function cacheOf(caches: StatusCaches, { name, bytes }: { name: string; bytes: number }): StatusCache {
  let cache = caches.get(name);
  if (cache === undefined) caches.set(name, (cache = new StatusCache(bytes)));
  return cache;
}

/** The certificates that a client has sent along with its own, as far as they are one another's issuers by name. */
function sentBy(leaf: X509Certificate): X509Certificate[] {
  const sent: X509Certificate[] = [];
  for (let at = leaf.issuerCertificate; at !== undefined && sent.length < 10; at = at.issuerCertificate) {
    if (sent.at(-1)?.fingerprint256 === at.fingerprint256) break;
    sent.push(at);
  }
  return sent;
}
