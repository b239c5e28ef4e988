import { DerError, DerFields, derChildren, derTag, readDer, readOnly, type Der } from '../der.ts';

/** Texts of OCSP_response_status_str by OCSPResponseStatus. */
const failures: Readonly<Record<number, string>> = {
  1: 'malformedrequest',
  2: 'internalerror',
  3: 'trylater',
  5: 'sigrequired',
  6: 'unauthorized',
};

/** What a response says of one certificate; times in milliseconds since the epoch. */
export interface CertificateStatus {
  /** The CertID. */
  readonly id: Buffer;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
}

/** A BasicOCSPResponse (RFC 6960 4.2.1). */
export interface BasicResponse {
  /** The bytes that are signed. */
  readonly signed: Buffer;
  /** Who signed: a name or the SHA-1 of a key. */
  readonly responder: { readonly name: Buffer } | { readonly key: Buffer };
  /** The AlgorithmIdentifier. */
  readonly algorithm: Der;
  readonly signature: Buffer;
  /** Certificates that came with it, as DER. */
  readonly certificates: readonly Buffer[];
  readonly statuses: readonly CertificateStatus[];
}

const basicType = Buffer.from('2b0601050507300101', 'hex');
const [good, revoked, unknown] = [0x80, 0xa1, 0x82];

/**
 * Reads an OCSPResponse.
 *
 * @returns nginx's message for one that carries no answer
 * @throws DerError
 */
export function readResponse(bytes: Buffer): BasicResponse | string {
  const fields = new DerFields(readOnly(bytes, derTag.sequence));
  const code = fields.take(derTag.enumerated).contents[0] ?? 0;
  if (code !== 0) return `OCSP response not successful (${code}: ${failures[code] ?? '(UNKNOWN)'})`;
  const content = new DerFields(readOnly(fields.take(derTag.context(0)).contents, derTag.sequence));
  if (!content.take(derTag.oid).contents.equals(basicType)) throw new DerError('not a basic response');
  return readBasic(content.take(derTag.octetString).contents);
}

function readBasic(bytes: Buffer): BasicResponse {
  const fields = new DerFields(readOnly(bytes, derTag.sequence));
  const data = fields.take(derTag.sequence);
  const algorithm = fields.take(derTag.sequence);
  const signature = fields.take(derTag.bitString).contents.subarray(1);
  const certificates = fields.optional(derTag.context(0));
  const list = certificates === null ? [] : derChildren(readOnly(certificates.contents, derTag.sequence));
  return {
    ...readData(data),
    signed: data.whole,
    algorithm,
    signature,
    certificates: list.map(({ whole }) => whole),
  };
}

function readData(data: Der): Pick<BasicResponse, 'responder' | 'statuses'> {
  const fields = new DerFields(data);
  fields.optional(derTag.context(0));
  const name = fields.optional(derTag.context(1));
  const responder =
    name === null
      ? { key: readOnly(fields.take(derTag.context(2)).contents, derTag.octetString).contents }
      : { name: name.contents };
  fields.take(derTag.generalizedTime);
  return { responder, statuses: derChildren(fields.take(derTag.sequence)).map(readStatus) };
}

function readStatus(single: Der): CertificateStatus {
  const fields = new DerFields(single);
  const id = fields.take(derTag.sequence).whole;
  const isGood = fields.optional(good) !== null;
  const isRevoked = !isGood && fields.optional(revoked) !== null;
  if (!isGood && !isRevoked) fields.take(unknown);
  const thisUpdate = timeOf(fields.take(derTag.generalizedTime));
  const next = fields.optional(derTag.context(0));
  const status = isGood ? 'good' : isRevoked ? 'revoked' : 'unknown';
  return { id, status, thisUpdate, nextUpdate: next === null ? null : timeOf(readDer(next.contents)) };
}

/** A GeneralizedTime as OCSP has it: in UTC, with seconds (RFC 5280 4.1.2.5.2). */
function timeOf({ tag, contents }: Der): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(contents.toString('latin1'));
  if (tag !== derTag.generalizedTime || parts === null) throw new DerError('not a time');
  const [year, month, ...rest] = parts.slice(1).map(Number);
  return Date.UTC(year!, month! - 1, ...rest);
}
