import { X509Certificate } from 'node:crypto';
import type { KeyKind } from '../certificate-choice.ts';
import { allCertificates, readCertificate, readStaple, type CredentialFiles } from '../credentials.ts';
import type { OcspServices, Resolving } from './query.ts';
import { parseResponder, responderOf } from './responder.ts';
import { Staple } from './staple.ts';
import { issued } from './verify.ts';

/** `ssl_stapling on` of one server. */
export interface StaplingSettings extends Resolving {
  /** Path of the response (DER) that is sent as it is; null: responders are asked. */
  readonly file: string | null;
  /** Takes the place of what certificates name; '' without. */
  readonly responder: string;
  readonly verify: boolean;
}

/** The certificates of a server with what is stapled to them, one for each kind of key. */
export interface StapledKind {
  readonly kind: KeyKind;
  /** The response that a client gets now; null for none. */
  readonly take: () => Buffer | null;
}

/**
 * @param certificates paths of the chains
 * @param trusted authorities as PEM
 * @param services null: no responder is asked
 * @throws TlsConfigurationError when a file cannot be used
 */
export function createStapling(
  settings: StaplingSettings,
  certificates: readonly string[],
  trusted: readonly string[],
  files: CredentialFiles,
  services: OcspServices | null,
): readonly StapledKind[] {
  // As in OpenSSL, which has one place for all curves.
  const byType = new Map<string | undefined, StapledKind>();
  const authorities = trusted.map((pem) => new X509Certificate(pem));
  const ofFile = settings.file === null ? null : readStaple(files, settings.file);
  for (const name of certificates) {
    const [certificate, ...chain] = allCertificates(readCertificate(files, name)).map(
      (pem) => new X509Certificate(pem),
    );
    const kind = kindOf(certificate!);
    const staple =
      ofFile === null && services !== null
        ? createStaple(settings, { name, certificate: certificate!, chain }, authorities, services)
        : null;
    byType.set(certificate!.publicKey.asymmetricKeyType, {
      kind,
      take: () => ofFile ?? staple?.take() ?? null,
    });
  }
  return [...byType.values()];
}

function createStaple(
  settings: StaplingSettings,
  own: {
    readonly name: string;
    readonly certificate: X509Certificate;
    readonly chain: readonly X509Certificate[];
  },
  authorities: readonly X509Certificate[],
  services: OcspServices,
): Staple | null {
  const { name, certificate, chain } = own;
  const ignored = (why: string): null => {
    services.log('warn', `"ssl_stapling" ignored, ${why} certificate "${name}"`);
    return null;
  };
  const issuer = [...chain, ...authorities].find((each) => issued(each, certificate));
  if (issuer === undefined) return ignored('issuer certificate not found for');
  const url = settings.responder || responderOf(certificate);
  if (url === undefined) return ignored('no OCSP responder URL in the');
  const responder = parseResponder(url);
  if (responder === null) {
    const what = /^http:\/\//i.test(url) ? 'invalid URL' : 'invalid URL prefix';
    return ignored(`${what} in OCSP responder "${url}" in the`);
  }
  const trusted = settings.verify ? authorities : null;
  return new Staple({ ...own, issuer, trusted }, responder, { ...services, ...settings });
}

function kindOf({ publicKey }: X509Certificate): KeyKind {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  return (type === 'ec' ? details?.namedCurve : type) ?? '';
}
