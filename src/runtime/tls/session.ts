import { DerError, derChildren, derTag, readOnly } from './der.ts';

/** What is read of a TLS session (SSL_SESSION_ASN1 in OpenSSL's ssl/ssl_asn1.c). */
export interface SessionFacts {
  /** In hexadecimal digits. */
  readonly id: string;
  /** Number of the group of the key exchange (RFC 8446 4.2.7); 0 = none, or an OpenSSL before 3.0. */
  readonly group: number;
}

const idField = 3;
const groupTag = derTag.context(19);

/** @param session as `TLSSocket.getSession` gives it */
export function readSession(session: Buffer): SessionFacts {
  try {
    const fields = derChildren(readOnly(session, derTag.sequence));
    const group = fields.find(({ tag }) => tag === groupTag);
    return {
      id: fields[idField]?.contents.toString('hex') ?? '',
      group:
        group === undefined
          ? 0
          : Number(`0x${readOnly(group.contents, derTag.integer).contents.toString('hex')}`),
    };
  } catch (error) {
    if (error instanceof DerError) return { id: '', group: 0 };
    throw error;
  }
}
