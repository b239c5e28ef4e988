import { constants, createPrivateKey } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import {
  readAuthorities,
  readCertificate,
  readKey,
  readPassphrases,
  readRevocations,
  TlsConfigurationError,
  type CredentialFiles,
} from './credentials.ts';

/** A certificate chain and its key; paths are absolute. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** What `ssl_…` and `proxy_ssl_…` directives have in common. */
export interface TlsSettings {
  readonly certificates: readonly CertificatePair[];
  /** Path of the file with pass phrases for keys, one a line; null without. */
  readonly passwordFile: string | null;
  /** `TLSv1.2` and the like. */
  readonly protocols: readonly string[];
  /** An OpenSSL cipher list for TLS 1.2 and before. */
  readonly ciphers: string;
  /** Suites for TLS 1.3; '' = none. */
  readonly suites: string;
  /** OpenSSL's list; `auto` = its default. */
  readonly ecdhCurve: string;
  /** OpenSSL's list; null = its default. */
  readonly signatureAlgorithms: string | null;
  /** OpenSSL's flags, besides those for the protocols. */
  readonly options: number;
  /** Takes the place of the certificate with the same kind of key; what it does not name is the first one's. */
  readonly replacement: Partial<CertificatePair>;
  /** Paths of files with trusted CA certificates. */
  readonly trustedCertificates: readonly string[];
  /** Path of revocation lists; null without. */
  readonly crl: string | null;
}

/** OpenSSL's default suites for TLS 1.3, which nginx leaves as they are; Node wants them in the list. */
const suites13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/** What only `…_ssl_conf_command` changes. */
export const withoutCommands = {
  suites: suites13,
  signatureAlgorithms: null,
  options: 0,
  replacement: {},
} as const;

const protocolOff: Readonly<Record<string, number>> = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};

/**
 * Options of `tls.createSecureContext`.
 *
 * @throws TlsConfigurationError when a file cannot be used or the ciphers are unknown
 */
export function contextOptions(settings: TlsSettings, files: CredentialFiles): SecureContextOptions {
  const off = Object.entries(protocolOff).filter(([name]) => !settings.protocols.includes(name));
  const passphrases = settings.passwordFile === null ? [] : readPassphrases(files, settings.passwordFile);
  const open = ({ certificate, key }: CertificatePair): OpenPair => {
    const cert = readCertificate(files, certificate);
    return { cert, key: readKey(files, key, passphrases, cert) };
  };
  const replacement = replacementOf(settings);
  const pairs = onePerKind(
    [...settings.certificates, ...(replacement === null ? [] : [replacement])].map(open),
  );
  const suites = knownSuites(settings.suites);
  checkCiphers(suites, settings.ciphers);
  return {
    minVersion: 'TLSv1',
    maxVersion: settings.protocols.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    secureOptions: off.reduce((all, [, bit]) => all | bit, settings.options),
    ciphers: cipherList(suites, settings.ciphers),
    ecdhCurve: settings.ecdhCurve,
    sigalgs: settings.signatureAlgorithms ?? undefined,
    cert: pairs.map(({ cert }) => cert),
    key: pairs.map(({ key }) => key),
    ca: allAuthorities(settings.trustedCertificates, files),
    crl: settings.crl === null ? undefined : readRevocations(files, settings.crl),
  };
}

/** The certificates of these files, each once: their names are sent to clients. */
export function allAuthorities(paths: readonly string[], files: CredentialFiles): string[] {
  return [...new Set(paths.flatMap((path) => readAuthorities(files, path)))];
}

interface OpenPair {
  readonly cert: string;
  readonly key: string;
}

/** The pair that commands name; null without. */
function replacementOf({ certificates: [first], replacement }: TlsSettings): CertificatePair | null {
  const certificate = replacement.certificate ?? first?.certificate;
  const key = replacement.key ?? first?.key ?? certificate;
  const given = replacement.certificate ?? replacement.key;
  return given === undefined || certificate === undefined || key === undefined ? null : { certificate, key };
}

/** OpenSSL has one place for each kind of key: the last one counts (SSL_CTX_use_certificate). */
function onePerKind(pairs: readonly OpenPair[]): readonly OpenPair[] {
  if (pairs.length < 2) return pairs;
  const byKind = new Map<unknown, OpenPair>();
  for (const pair of pairs) {
    const { asymmetricKeyType: kind } = createPrivateKey(pair.key);
    byKind.delete(kind);
    byKind.set(kind, pair);
  }
  return [...byKind.values()];
}

/** Suites that may be ones of TLS 1.3: OpenSSL passes over words that it does not know, but wants one that it does. */
function knownSuites(list: string): string {
  const suites = list.split(':').filter((each) => each.startsWith('TLS_'));
  const failed = (): never => {
    throw new TlsConfigurationError(
      `SSL_CONF_cmd("Ciphersuites", "${list}") failed (SSL: error:0A0000B9:SSL routines::no cipher match)`,
    );
  };
  if (list === '') return '';
  if (suites.length === 0) return failed();
  try {
    createSecureContext({ ciphers: suites.join(':') });
    return suites.join(':');
  } catch {
    return failed();
  }
}

function cipherList(suites: string, ciphers: string): string {
  return suites === '' ? ciphers : `${suites}:${ciphers}`;
}

function checkCiphers(suites: string, ciphers: string): void {
  try {
    createSecureContext({ ciphers: cipherList(suites, ciphers) });
  } catch {
    throw new TlsConfigurationError(
      `SSL_CTX_set_cipher_list("${ciphers}") failed (SSL: error:0A0000B9:SSL routines::no cipher match)`,
    );
  }
}
