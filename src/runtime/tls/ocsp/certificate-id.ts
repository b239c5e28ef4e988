import { createHash, type X509Certificate } from 'node:crypto';
import { DerFields, derChildren, derTag, readOnly, writeDer, type Der } from '../der.ts';

const sha1Algorithm = writeDer(
  derTag.sequence,
  writeDer(derTag.oid, Buffer.from('2b0e03021a', 'hex')),
  writeDer(derTag.null),
);

/** What of a certificate node:crypto does not give as bytes. */
interface CertificateParts {
  readonly serial: Der;
  readonly issuer: Der;
  readonly subject: Der;
  /** The bits of the public key. */
  readonly key: Buffer;
}

/** TBSCertificate (RFC 5280 4.1). @throws DerError */
export function partsOf(certificate: X509Certificate): CertificateParts {
  const [body] = derChildren(readOnly(certificate.raw, derTag.sequence));
  const fields = new DerFields(body!);
  fields.optional(derTag.context(0));
  const serial = fields.take(derTag.integer);
  fields.take(derTag.sequence);
  const issuer = fields.take(derTag.sequence);
  fields.take(derTag.sequence);
  const subject = fields.take(derTag.sequence);
  const [, key] = derChildren(fields.take(derTag.sequence));
  // The first byte of a BIT STRING counts unused bits.
  return { serial, issuer, subject, key: key!.contents.subarray(1) };
}

/** SHA-1, as identifiers of OCSP have it. */
export const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();

/** A CertID (RFC 6960 4.1.1; OCSP_cert_to_id). @throws DerError */
export function certificateId(certificate: X509Certificate, issuer: X509Certificate): Buffer {
  const { serial, issuer: issuerName } = partsOf(certificate);
  return writeDer(
    derTag.sequence,
    sha1Algorithm,
    writeDer(derTag.octetString, sha1(issuerName.whole)),
    writeDer(derTag.octetString, sha1(partsOf(issuer).key)),
    serial.whole,
  );
}

/** An OCSPRequest for one certificate (RFC 6960 4.1.1). */
export function statusRequest(id: Buffer): Buffer {
  const within = (contents: Buffer): Buffer => writeDer(derTag.sequence, contents);
  return within(within(within(within(id))));
}
