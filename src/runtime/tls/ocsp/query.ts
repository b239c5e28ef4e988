import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { LogLevel } from '../../../engine/api.ts';
import { numberedError } from '../../resolver/errors.ts';
import type { ResolveHost, ResolverSettings } from '../../resolver/resolver.ts';
import { DerError } from '../der.ts';
import { certificateId, statusRequest } from './certificate-id.ts';
import { askResponder, type Responder } from './responder.ts';
import { readResponse, type CertificateStatus } from './response.ts';
import { signerOf } from './verify.ts';

/** How names of responders are found. */
export interface Resolving {
  /** `resolver` of the server; null without. */
  readonly resolver: ResolverSettings | null;
  /** Milliseconds. */
  readonly resolverTimeout: number;
}

/** What asking responders needs of the process. */
export interface OcspServices {
  readonly resolve: ResolveHost;
  readonly log: (level: LogLevel, message: string) => void;
}

/** A question about one certificate. */
export interface StatusQuery {
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  readonly responder: Responder;
  /** Without a resolver the system may look the responder's name up. */
  readonly systemLookup: boolean;
  /** For the log; '' for none. */
  readonly name: string;
  /** Certificates that may have signed, besides those that come with the response. */
  readonly known: readonly X509Certificate[];
  /** Whether this certificate may speak for the issuer's. */
  readonly accepts: (signer: X509Certificate) => boolean;
}

/** What a responder said. */
export interface StatusAnswer {
  /** DER. */
  readonly response: Buffer;
  readonly status: CertificateStatus['status'];
  /** Milliseconds since the epoch; Infinity where the responder says nothing. */
  readonly validUntil: number;
  /** For messages about it: what was being done, where and about what. */
  readonly context: string;
}

/** Clocks may differ by so many milliseconds. */
export const clockLeeway = 300_000;

/**
 * Asks a responder about a certificate, at each of its addresses until one gives a response that holds (ngx_ssl_ocsp_request,
 * ngx_ssl_ocsp_verify).
 *
 * @param done called once; null when there is no answer, and the log says why
 */
export function askStatus(
  query: StatusQuery,
  services: OcspServices & Resolving,
  done: (answer: StatusAnswer | null) => void,
): void {
  const { host, port } = query.responder;
  const contextOf = (address: string): string => {
    const peer = address === '' ? '' : `, peer: ${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
    const about = query.name === '' ? '' : `, certificate: "${query.name}"`;
    return ` while requesting certificate status, responder: ${host}${peer}${about}`;
  };
  const log = (level: LogLevel, message: string, address = ''): void =>
    services.log(level, message + contextOf(address));
  const fail = (message: string): void => {
    log('error', message);
    done(null);
  };
  const askAt = ([address, ...others]: readonly string[], id: Buffer): void => {
    if (address === undefined) return done(null);
    askResponder(query.responder, address, statusRequest(id), (response, message) => {
      if (response === null) {
        if (message === '') return done(null);
        log('error', message, address);
        return askAt(others, id);
      }
      const answer = judge(query, id, response);
      if (typeof answer === 'string') log('error', answer, address);
      done(typeof answer === 'string' ? null : { ...answer, context: contextOf(address) });
    });
  };
  let id: Buffer;
  try {
    id = certificateId(query.certificate, query.issuer);
  } catch (error) {
    if (error instanceof DerError) return fail('OCSP_cert_to_id() failed');
    throw error;
  }
  if (isIP(host) !== 0) return askAt([host], id);
  const { resolver, resolverTimeout, resolve } = services;
  if (resolver !== null) {
    resolve(resolver, host, resolverTimeout, (error, addresses) => {
      if (error === '') askAt(addresses, id);
      else fail(`${host} could not be resolved (${numberedError(error)})`);
    });
    return;
  }
  if (!query.systemLookup) return fail(`no resolver defined to resolve ${host}`);
  log('warn', `no resolver defined to resolve ${host}`);
  askAt([host], id);
}

/** What a response says, or nginx's message about what is wrong with it. */
function judge(query: StatusQuery, id: Buffer, bytes: Buffer): Omit<StatusAnswer, 'context'> | string {
  try {
    const response = readResponse(bytes);
    if (typeof response === 'string') return response;
    const signer = signerOf(response, query.known);
    if (signer === null || !query.accepts(signer)) return 'OCSP_basic_verify() failed';
    const found = response.statuses.find((each) => each.id.equals(id));
    if (found === undefined) return 'certificate status not found in the OCSP response';
    if (!isTimely(found)) return 'OCSP_check_validity() failed';
    return { response: bytes, status: found.status, validUntil: found.nextUpdate ?? Infinity };
  } catch (error) {
    if (error instanceof DerError) return 'd2i_OCSP_RESPONSE() failed';
    return `OCSP_basic_verify() failed (${(error as Error).message})`;
  }
}

function isTimely({ thisUpdate, nextUpdate }: CertificateStatus): boolean {
  const now = Date.now();
  if (thisUpdate > now + clockLeeway) return false;
  return nextUpdate === null || (nextUpdate >= now - clockLeeway && nextUpdate >= thisUpdate);
}
