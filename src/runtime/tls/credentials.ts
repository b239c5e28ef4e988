import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errnoOf } from '../errno.ts';

/** A mistake in certificates, keys or other files of a TLS configuration, with the message of nginx and OpenSSL. */
export class TlsConfigurationError extends Error {}

const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: 'error:80000002:system library::No such file or directory',
  EACCES: 'error:8000000D:system library::Permission denied',
};
const bioErrors: Readonly<Record<string, string>> = {
  ENOENT: 'error:10000080:BIO routines::no such file',
};

/** OpenSSL's errors for a file that cannot be opened, newest last. */
function fopenErrors(path: string, code: string): string {
  const system = systemErrors[code] ?? `error:80000000:system library::${code}`;
  return `${system}:calling fopen(${path}, r) ${bioErrors[code] ?? 'error:10080002:BIO routines::system lib'}`;
}

/** The only one of OpenSSL's stores that Node can read. */
const storedFile = 'store:file:';

/** The files of one configuration. Each is read once, however many servers name it (ngx_ssl_cache_fetch). */
export class CredentialFiles {
  readonly #texts: Map<string, string>;

  /** @param contents files that were read already, by path */
  constructor(contents: ReadonlyMap<string, string> = new Map()) {
    this.#texts = new Map(contents);
  }

  /** A file's text; '' for a directory, which opens and has nothing in it. `refused` makes the message. */
  read(path: string, refused: (errors: string) => string): string {
    if (path.startsWith('data:')) return path.slice('data:'.length);
    const file = path.startsWith(storedFile) ? path.slice(storedFile.length) : path;
    let text = this.#texts.get(file);
    if (text === undefined) {
      text = readText(file, refused);
      this.#texts.set(file, text);
    }
    return text;
  }
}

function readText(path: string, refused: (errors: string) => string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EISDIR') return '';
    throw new TlsConfigurationError(refused(`(SSL: ${fopenErrors(path, code)})`));
  }
}

const certificatePem = /-----BEGIN [^-]*CERTIFICATE-----[^]*?-----END [^-]*CERTIFICATE-----/g;

/** A chain of certificates as PEM (ngx_ssl_load_certificate). */
export function readCertificate(files: CredentialFiles, path: string): string {
  const pem = files.read(
    path,
    (errors) => `cannot load certificate "${path}": BIO_new_file() failed ${errors}`,
  );
  if (pem.match(certificatePem) !== null) return pem;
  throw new TlsConfigurationError(
    `cannot load certificate "${path}": PEM_read_bio_X509_AUX() failed ` +
      '(SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)',
  );
}

/** A private key that fits `certificate`, opened with the first pass phrase that does; as PEM. */
export function readKey(
  files: CredentialFiles,
  path: string,
  passphrases: readonly string[],
  certificate: string,
): string {
  const pem = files.read(
    path,
    (errors) => `cannot load certificate key "${path}": BIO_new_file() failed ${errors}`,
  );
  const key = openKey(pem, passphrases);
  if (key === null) {
    throw new TlsConfigurationError(
      `cannot load certificate key "${path}": PEM_read_bio_PrivateKey() failed ` +
        '(SSL: error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM)',
    );
  }
  if (!new X509Certificate(certificate).checkPrivateKey(key)) {
    throw new TlsConfigurationError(
      `SSL_CTX_use_PrivateKey("${path}") failed ` +
        '(SSL: error:05800074:x509 certificate routines::key values mismatch)',
    );
  }
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function openKey(pem: string, passphrases: readonly string[]): KeyObject | null {
  for (const passphrase of ['', ...passphrases]) {
    try {
      return createPrivateKey({ key: pem, passphrase });
    } catch {
      // The next pass phrase may fit.
    }
  }
  return null;
}

/** Trusted certificates, one element each, as Node wants them. */
export function readAuthorities(files: CredentialFiles, path: string): string[] {
  const refused = (errors: string): string => `SSL_CTX_load_verify_locations("${path}") failed ${errors}`;
  const library = ' error:05880002:x509 certificate routines::system lib)';
  const pem = files.read(path, (errors) => refused(errors.replace(/\)$/, library)));
  const found = pem.match(certificatePem);
  if (found !== null) return found;
  throw new TlsConfigurationError(
    refused('(SSL: error:05800088:x509 certificate routines::no certificate or crl found)'),
  );
}

/** Revocation lists as PEM. */
export function readRevocations(files: CredentialFiles, path: string): string {
  const library = ' error:05880002:x509 certificate routines::system lib)';
  return files.read(
    path,
    (errors) => `X509_LOOKUP_load_file("${path}") failed ${errors.replace(/\)$/, library)}`,
  );
}

/** Diffie-Hellman parameters as PEM. */
export function readParameters(files: CredentialFiles, path: string): string {
  return files.read(path, (errors) => `BIO_new_file("${path}") failed ${errors}`);
}

/** An OCSP response as it is sent (ngx_ssl_stapling_file). */
export function readStaple(files: CredentialFiles, path: string): Buffer {
  const response = files.read(path, (errors) => `BIO_new_file("${path}") failed ${errors}`);
  return Buffer.from(response, 'latin1');
}

/** Pass phrases, one a line. */
export function readPassphrases(files: CredentialFiles, path: string): string[] {
  const text = files.read(path, () => `open() "${path}" failed`);
  return text.split(/\r?\n/).filter((line) => line !== '');
}
