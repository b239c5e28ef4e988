import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { ClientVerification } from './tls-info.ts';

/** OpenSSL's texts by the names that Node gives to them (X509_verify_cert_error_string). */
const texts: Readonly<Record<string, { number: number; text: string }>> = {
  UNABLE_TO_GET_ISSUER_CERT: { number: 2, text: 'unable to get issuer certificate' },
  UNABLE_TO_GET_CRL: { number: 3, text: 'unable to get certificate CRL' },
  CERT_SIGNATURE_FAILURE: { number: 7, text: 'certificate signature failure' },
  CRL_SIGNATURE_FAILURE: { number: 8, text: 'CRL signature failure' },
  CERT_NOT_YET_VALID: { number: 9, text: 'certificate is not yet valid' },
  CERT_HAS_EXPIRED: { number: 10, text: 'certificate has expired' },
  CRL_HAS_EXPIRED: { number: 12, text: 'CRL has expired' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { number: 18, text: 'self-signed certificate' },
  SELF_SIGNED_CERT_IN_CHAIN: { number: 19, text: 'self-signed certificate in certificate chain' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { number: 20, text: 'unable to get local issuer certificate' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { number: 21, text: 'unable to verify the first certificate' },
  CERT_CHAIN_TOO_LONG: { number: 22, text: 'certificate chain too long' },
  CERT_REVOKED: { number: 23, text: 'certificate revoked' },
  INVALID_CA: { number: 24, text: 'invalid CA certificate' },
  INVALID_PURPOSE: { number: 26, text: 'unsuitable certificate purpose' },
  CERT_UNTRUSTED: { number: 27, text: 'certificate not trusted' },
  CERT_REJECTED: { number: 28, text: 'certificate rejected' },
};

/** A failed verification: OpenSSL's number and text. */
export interface VerificationFailure {
  readonly number: number;
  readonly text: string;
}

/** Why the chain of the other side is not trusted; null when it is. `depth` is `…verify_depth`. */
export function verificationFailure(socket: TLSSocket, depth: number): VerificationFailure | null {
  if (!socket.authorized) {
    const code = authorizationCode(socket);
    return texts[code] ?? { number: 1, text: code };
  }
  return chainLength(socket.getPeerCertificate(true)) > depth + 1 ? texts.CERT_CHAIN_TOO_LONG! : null;
}

/** What a client's certificate is worth; for `$ssl_client_verify`. */
export function verifyClient(
  socket: TLSSocket,
  settings: { readonly verifyClient: string; readonly verifyDepth: number },
): ClientVerification {
  if (settings.verifyClient === 'off' || socket.getPeerX509Certificate() === undefined) return 'NONE';
  const failure = verificationFailure(socket, settings.verifyDepth);
  return failure === null ? 'SUCCESS' : `FAILED:${failure.text}`;
}

function authorizationCode(socket: TLSSocket): string {
  const error: unknown = socket.authorizationError;
  const code = (error as { code?: unknown } | null)?.code ?? error;
  return String(code);
}

function chainLength(certificate: PeerCertificate | { issuerCertificate?: unknown }): number {
  let length = 1;
  let at = certificate as { issuerCertificate?: unknown };
  while (at.issuerCertificate !== undefined && at.issuerCertificate !== at) {
    at = at.issuerCertificate as { issuerCertificate?: unknown };
    length += 1;
  }
  return length;
}
