import { constants } from 'node:crypto';
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
  /** Paths of files with trusted CA certificates. */
  readonly trustedCertificates: readonly string[];
  /** Path of revocation lists; null without. */
  readonly crl: string | null;
}

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
 * @throws TlsConfigurationError when a file cannot be used or the ciphers are unknown
 */
export function contextOptions(settings: TlsSettings, files: CredentialFiles): SecureContextOptions {
  const off = Object.entries(protocolOff).filter(([name]) => !settings.protocols.includes(name));
  const passphrases = settings.passwordFile === null ? [] : readPassphrases(files, settings.passwordFile);
  const pairs = settings.certificates.map(({ certificate, key }) => {
    const cert = readCertificate(files, certificate);
    return { cert, key: readKey(files, key, passphrases, cert) };
  });
  checkCiphers(settings.ciphers);
  return {
    minVersion: 'TLSv1',
    maxVersion: settings.protocols.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    secureOptions: off.reduce((all, [, bit]) => all | bit, 0),
    ciphers: `${suites13}:${settings.ciphers}`,
    cert: pairs.map(({ cert }) => cert),
    key: pairs.map(({ key }) => key),
    // Their names are sent to clients, each once.
    ca: [...new Set(settings.trustedCertificates.flatMap((path) => readAuthorities(files, path)))],
    crl: settings.crl === null ? undefined : readRevocations(files, settings.crl),
  };
}

function checkCiphers(ciphers: string): void {
  try {
    createSecureContext({ ciphers: `${suites13}:${ciphers}` });
  } catch {
    throw new TlsConfigurationError(
      `SSL_CTX_set_cipher_list("${ciphers}") failed (SSL: error:0A0000B9:SSL routines::no cipher match)`,
    );
  }
}
