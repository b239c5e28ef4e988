import { constants, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { derChildren, derTag, readOnly, type Der } from '../der.ts';
import { partsOf, sha1 } from './certificate-id.ts';
import type { BasicResponse } from './response.ts';

/** OID of a signature algorithm, in hexadecimal digits, to the hash; null: the algorithm has its own. */
const hashes: Readonly<Record<string, string | null>> = {
  '2a864886f70d010105': 'sha1',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha1',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
  '2b6571': null,
};
const pss = '2a864886f70d01010a';
/** OIDs of hashes, as the parameters of RSASSA-PSS name them. */
const pssHashes: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};
const ocspSigning = '1.3.6.1.5.5.7.3.9';
/** More certificates than this make no chain that anybody uses. */
const mostSeen = 20;

/**
 * Finds who signed a response, among `known` and what came with it (ocsp_find_signer), and checks the signature.
 *
 * @returns null when there is none, or the signature is not theirs
 */
export function signerOf(response: BasicResponse, known: readonly X509Certificate[]): X509Certificate | null {
  const sent = response.certificates.map((der) => new X509Certificate(der));
  const signer = [...known, ...sent].find((each) => isNamed(each, response.responder));
  return signer !== undefined && isSignedBy(response, signer.publicKey) ? signer : null;
}

function isNamed(certificate: X509Certificate, responder: BasicResponse['responder']): boolean {
  const { subject, key } = partsOf(certificate);
  return 'name' in responder ? subject.whole.equals(responder.name) : sha1(key).equals(responder.key);
}

function isSignedBy({ algorithm, signed, signature }: BasicResponse, key: KeyObject): boolean {
  const [oid, parameters] = derChildren(algorithm);
  const name = oid!.contents.toString('hex');
  if (name === pss) {
    const hash = parameters === undefined ? undefined : pssHash(parameters);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return hash !== undefined && verify(hash, signed, { key, padding }, signature);
  }
  const hash = hashes[name];
  return hash !== undefined && verify(hash, signed, key, signature);
}

/** The hash that parameters of RSASSA-PSS name (RFC 4055 3.1); the default, SHA-1, is not taken. */
function pssHash(parameters: Der): string | undefined {
  const hash = derChildren(parameters).find(({ tag }) => tag === derTag.context(0));
  if (hash === undefined) return undefined;
  const [oid] = derChildren(readOnly(hash.contents, derTag.sequence));
  return pssHashes[oid!.contents.toString('hex')];
}

/**
 * Whether a signer may speak for the certificates of an issuer: it is the issuer itself, or was given that right by it (RFC 6960
 * 4.2.2.2; ocsp_check_issuer). That the issuer is to be trusted is another question.
 */
export function isAuthorised(signer: X509Certificate, issuer: X509Certificate): boolean {
  if (!isCurrent(signer)) return false;
  const [one, other] = [partsOf(signer), partsOf(issuer)];
  if (one.subject.whole.equals(other.subject.whole) && one.key.equals(other.key)) return true;
  return issued(issuer, signer) && (signer.keyUsage ?? []).includes(ocspSigning);
}

/**
 * The same, and the issuer's chain ends at a trusted root (OCSP_basic_verify). A responder that the configuration itself names in
 * the chain is taken as it is (OCSP_TRUSTOTHER).
 */
export function mayRespond(
  signer: X509Certificate,
  issuer: X509Certificate,
  chain: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): boolean {
  if (chain.some((each) => each.fingerprint256 === signer.fingerprint256)) return true;
  return isAuthorised(signer, issuer) && trustedChain(issuer, chain, trusted) !== null;
}

/**
 * The certificates from this one up to a root that is trusted; null when there is no such chain. Every link is one by name and by
 * signature, so a chain that OpenSSL has verified has the same keys. Limits that a chain sets to itself (path length, names) are not
 * looked at.
 */
export function trustedChain(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  seen: Set<string> = new Set(),
): readonly X509Certificate[] | null {
  // What was not good once is not looked at again: certificates that a client makes up could lead anywhere.
  if (seen.size === mostSeen || seen.has(certificate.fingerprint256) || !isCurrent(certificate)) return null;
  seen.add(certificate.fingerprint256);
  if (
    trusted.some((each) => each.fingerprint256 === certificate.fingerprint256) &&
    issued(certificate, certificate)
  )
    return [certificate];
  for (const above of [...trusted, ...others]) {
    if ((!above.ca && !trusted.includes(above)) || !issued(above, certificate)) continue;
    const rest = trustedChain(above, others, trusted, seen);
    if (rest !== null) return [certificate, ...rest];
  }
  return null;
}

/** Whether a certificate was issued, by name and by signature. */
export function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isCurrent({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}
