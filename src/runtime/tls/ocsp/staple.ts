import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { LogLevel } from '../../../engine/api.ts';
import { numberedError } from '../../resolver/errors.ts';
import type { ResolveHost, ResolverSettings } from '../../resolver/resolver.ts';
import { DerError } from '../der.ts';
import { certificateId, statusRequest } from './certificate-id.ts';
import { askResponder, type Responder } from './responder.ts';
import { readResponse, type BasicResponse } from './response.ts';
import { mayRespond, signerOf } from './verify.ts';

/** How names of responders are found, and where failures are told. */
export interface StapleServices {
  /** `resolver` of the server; null without. */
  readonly resolver: ResolverSettings | null;
  /** Milliseconds. */
  readonly resolverTimeout: number;
  readonly resolve: ResolveHost;
  readonly log: (level: LogLevel, message: string) => void;
}

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
/** Clocks may differ by so much. */
const leeway = 5 * minute;
const retryAfter = 5 * minute;
const refreshAfter = 60 * minute;

/**
 * The OCSP response for one certificate: asked for when a client wants one and none is there that is fresh (ngx_ssl_stapling_update).
 * The client that asks first gets none.
 */
export class Staple {
  readonly #stapled: StapledCertificate;
  readonly #responder: Responder;
  readonly #services: StapleServices;
  readonly #id: Buffer;
  #response: Buffer | null = null;
  /** Until when the response can be sent, and from when on another is asked for; milliseconds since the epoch. */
  #validUntil = 0;
  #refreshAt = 0;
  #asking = false;

  /** @throws DerError */
  constructor(stapled: StapledCertificate, responder: Responder, services: StapleServices) {
    this.#stapled = stapled;
    this.#responder = responder;
    this.#services = services;
    this.#id = certificateId(stapled.certificate, stapled.issuer);
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
    const { resolver, resolverTimeout, resolve } = this.#services;
    const { host } = this.#responder;
    if (isIP(host) !== 0) return this.#askAt([host]);
    if (resolver === null) {
      this.#log('warn', `no resolver defined to resolve ${host}`);
      return this.#askAt([host]);
    }
    resolve(resolver, host, resolverTimeout, (error, addresses) => {
      if (error === '') return this.#askAt(addresses);
      this.#fail(`${host} could not be resolved ${numberedError(error)}`);
    });
  }

  /** Asks at the first address, at the others if that fails. */
  #askAt([address, ...others]: readonly string[]): void {
    if (address === undefined) return this.#fail();
    askResponder(this.#responder, address, statusRequest(this.#id), (response, message) => {
      if (response !== null) return this.#judge(response, address);
      if (message === '') return this.#fail();
      this.#log('error', message, address);
      this.#askAt(others);
    });
  }

  #judge(bytes: Buffer, address: string): void {
    const judged = this.#judged(bytes);
    if (typeof judged === 'string') {
      this.#log('error', judged, address);
      return this.#fail();
    }
    const now = Date.now();
    this.#response = bytes;
    this.#validUntil = judged.validUntil;
    this.#refreshAt = Math.max(Math.min(judged.validUntil - leeway, now + refreshAfter), now + retryAfter);
    this.#asking = false;
  }

  /** What is wrong with a response, or until when it is good (ngx_ssl_ocsp_verify). */
  #judged(bytes: Buffer): string | { readonly validUntil: number } {
    try {
      const response = readResponse(bytes);
      return typeof response === 'string' ? response : this.#judgedBasic(response);
    } catch (error) {
      if (error instanceof DerError) return 'd2i_OCSP_RESPONSE() failed';
      return `OCSP_basic_verify() failed (${(error as Error).message})`;
    }
  }

  #judgedBasic(response: BasicResponse): string | { readonly validUntil: number } {
    const { issuer, chain, trusted } = this.#stapled;
    const signer = signerOf(response, [...chain, issuer]);
    if (signer === null || (trusted !== null && !mayRespond(signer, issuer, chain, trusted)))
      return 'OCSP_basic_verify() failed';
    const status = response.statuses.find(({ id }) => id.equals(this.#id));
    if (status === undefined) return 'certificate status not found in the OCSP response';
    const { thisUpdate, nextUpdate } = status;
    const now = Date.now();
    const isOver = nextUpdate !== null && (nextUpdate < now - leeway || nextUpdate < thisUpdate);
    if (thisUpdate > now + leeway || isOver) return 'OCSP_check_validity() failed';
    if (status.status !== 'good') return `certificate status "${status.status}" in the OCSP response`;
    return { validUntil: nextUpdate ?? Infinity };
  }

  #fail(message = ''): void {
    if (message !== '') this.#log('error', message);
    this.#asking = false;
    this.#refreshAt = Date.now() + retryAfter;
  }

  #log(level: LogLevel, message: string, address = ''): void {
    const { host, port } = this.#responder;
    const peer = address === '' ? '' : `, peer: ${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
    this.#services.log(
      level,
      `${message} while requesting certificate status, responder: ${host}${peer}, certificate: "${this.#stapled.name}"`,
    );
  }
}
