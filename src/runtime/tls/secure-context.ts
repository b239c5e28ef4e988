import { constants, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { errnoOf, errnoText } from '../errno.ts';

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
  /** Paths of files with trusted CA certificates. */
  readonly trustedCertificates: readonly string[];
  /** Path of revocation lists; null without. */
  readonly crl: string | null;
}

/** A mistake in certificates or keys, with nginx's message. */
export class TlsConfigurationError extends Error {}

/** OpenSSL's default suites for TLS 1.3, which nginx leaves as they are; Node wants them in the list. */
const suites13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

const protocolOff: Readonly<Record<string, number>> = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};

/**
 * Options of `tls.createSecureContext`.
 *
 * @throws TlsConfigurationError when a file cannot be read or a key cannot be opened
 */
export function contextOptions(settings: TlsSettings): SecureContextOptions {
  const off = Object.entries(protocolOff).filter(([name]) => !settings.protocols.includes(name));
  const passphrases = settings.passwordFile === null ? [] : readLines(settings.passwordFile);
  return {
    minVersion: 'TLSv1',
    maxVersion: settings.protocols.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    secureOptions: off.reduce((all, [, bit]) => all | bit, 0),
    ciphers: `${suites13}:${settings.ciphers}`,
    cert: settings.certificates.map(({ certificate }) => readPem(certificate)),
    key: settings.certificates.map(({ key }) => readKey(key, passphrases)),
    ca: settings.trustedCertificates.flatMap((path) => splitCertificates(readPem(path))),
    crl: settings.crl === null ? undefined : readPem(settings.crl),
  };
}

function readPem(path: string): string {
  const data = 'data:';
  if (path.startsWith(data)) return path.slice(data.length);
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw new TlsConfigurationError(
      `cannot load certificate "${path}": BIO_new_file() failed ${errnoText(errnoOf(error))}`,
    );
  }
}

function readLines(path: string): readonly string[] {
  return readPem(path)
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

/** The key as PEM without a pass phrase, opened with the first one that fits. */
function readKey(path: string, passphrases: readonly string[]): string {
  const pem = readPem(path);
  if (!pem.includes('ENCRYPTED')) return pem;
  for (const passphrase of passphrases) {
    try {
      return createPrivateKey({ key: pem, passphrase }).export({ type: 'pkcs8', format: 'pem' }) as string;
    } catch {
      // The next pass phrase may fit.
    }
  }
  throw new TlsConfigurationError(`cannot load certificate key "${path}": PEM_read_bio_PrivateKey() failed`);
}

/** Node takes one certificate for each element of `ca`. */
function splitCertificates(pem: string): string[] {
  return pem.match(/-----BEGIN [^-]*CERTIFICATE-----[^]*?-----END [^-]*CERTIFICATE-----/g) ?? [pem];
}
