import type { X509Certificate } from 'node:crypto';
import { askStatus, clockLeeway, type OcspServices, type Resolving, type StatusAnswer } from './query.ts';
import type { Responder } from './responder.ts';
import { mayRespond } from './verify.ts';

/** A certificate whose state is stapled. */
export interface StapledCertificate {
  /** Its file, for the log. */
  readonly name: string;
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  /** What its file has behind it. */
  readonly chain: readonly X509Certificate[];
  /** Authorities that may vouch for the responder; null: it is not looked at who signed (`ssl_stapling_verify off`). */
  readonly trusted: readonly X509Certificate[] | null;
}

const minute = 60_000;
const retryAfter = 5 * minute;
const refreshAfter = 60 * minute;

/**
 * The OCSP response for one certificate: asked for when a client wants one and none is there that is fresh (ngx_ssl_stapling_update).
 * The client that asks first gets none.
 */
export class Staple {
  readonly #stapled: StapledCertificate;
  readonly #responder: Responder;
  readonly #services: OcspServices & Resolving;
  #response: Buffer | null = null;
  /** Until when the response can be sent, and from when on another is asked for; milliseconds since the epoch. */
  #validUntil = 0;
  #refreshAt = 0;
  #asking = false;

  constructor(stapled: StapledCertificate, responder: Responder, services: OcspServices & Resolving) {
    this.#stapled = stapled;
    this.#responder = responder;
    this.#services = services;
  }

  /** What a client gets now; null for nothing. */
  take(): Buffer | null {
    const now = Date.now();
    const response = this.#validUntil >= now ? this.#response : null;
    if (!this.#asking && this.#refreshAt < now) this.#ask();
    return response;
  }

  #ask(): void {
    this.#asking = true;
    const { name, certificate, issuer, chain, trusted } = this.#stapled;
    const query = {
      certificate,
      issuer,
      name,
      responder: this.#responder,
      systemLookup: true,
      known: [...chain, issuer],
      accepts: (signer: X509Certificate) => trusted === null || mayRespond(signer, issuer, chain, trusted),
    };
    askStatus(query, this.#services, (answer) => this.#take(answer));
  }

  #take(answer: StatusAnswer | null): void {
    this.#asking = false;
    const now = Date.now();
    this.#refreshAt = now + retryAfter;
    if (answer === null) return;
    const { response, status, validUntil, context } = answer;
    if (status !== 'good') {
      this.#services.log('error', `certificate status "${status}" in the OCSP response${context}`);
      return;
    }
    this.#response = response;
    this.#validUntil = validUntil;
    this.#refreshAt = Math.max(Math.min(validUntil - clockLeeway, now + refreshAfter), now + retryAfter);
  }
}
