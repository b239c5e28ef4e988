import type { X509Certificate } from 'node:crypto';
import type { StatusAnswer } from './query.ts';

/** About what one entry takes of nginx's zone. */
const bytesOfEntry = 256;
/** Milliseconds that an answer is kept which does not say how long it is good. */
const usual = 3_600_000;

/** `ssl_ocsp_cache`: what responders said of clients' certificates (ngx_ssl_ocsp_cache_lookup, …_store). */
export class StatusCache {
  readonly #most: number;
  /** The one kept first at the front. */
  readonly #entries = new Map<string, { readonly status: StatusAnswer['status']; readonly until: number }>();

  /** @param bytes the zone's size */
  constructor(bytes: number) {
    this.#most = Math.max(1, Math.floor(bytes / bytesOfEntry));
  }

  find(certificate: X509Certificate, issuer: X509Certificate): StatusAnswer['status'] | null {
    const key = keyOf(certificate, issuer);
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.until > Date.now()) return entry.status;
    this.#entries.delete(key);
    return null;
  }

  keep(certificate: X509Certificate, issuer: X509Certificate, { status, validUntil }: StatusAnswer): void {
    const now = Date.now();
    if (validUntil < now) return;
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#most && oldest.done !== true) this.#entries.delete(oldest.value);
    const until = validUntil === Infinity ? now + usual : validUntil;
    this.#entries.set(keyOf(certificate, issuer), { status, until });
  }
}

/** A certificate is known by its number and the key that signed it. */
function keyOf(certificate: X509Certificate, issuer: X509Certificate): string {
  const key = issuer.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return `${certificate.serialNumber} ${issuer.subject} ${key}`;
}
