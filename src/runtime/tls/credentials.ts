import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { errnoOf } from '../../system/errno.ts';

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

/** What a configuration has read for TLS, by path. */
export type ReadFiles = ReadonlyMap<string, { readonly text: string; readonly state: string }>;

/** The files of one configuration. Each is read once, however many servers name it (ngx_ssl_cache_fetch). */
export class CredentialFiles {
  readonly #texts: Map<string, string>;
  readonly #inherited: ReadFiles;
  readonly #read = new Map<string, { readonly text: string; readonly state: string }>();

  /**
   * @param contents files that were read already, by path
   * @param inherited of the configuration before: what it read is still good as long as the files look the same
   */
  constructor(contents: ReadonlyMap<string, string> = new Map(), inherited: ReadFiles = new Map()) {
    this.#texts = new Map(contents);
    this.#inherited = inherited;
  }

  /** What a later configuration can take over: certificates, keys, authorities and revocations. */
  get inheritable(): ReadFiles {
    return this.#read;
  }

  /** As `read`, of a file that a later configuration need not read again (ngx_ssl_cache_types). */
  readInheritable(path: string, refused: (errors: string) => string): string {
    const known = this.#read.get(path);
    if (known !== undefined) return known.text;
    const state = stateOf(path);
    const before = this.#inherited.get(path);
    const same = before !== undefined && before.state !== '' && before.state === state;
    const text = same ? before.text : this.read(path, refused);
    this.#read.set(path, { text, state });
    return text;
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

/** By what nginx tells whether a file has changed: its number and the second of its last change; '' for what is no file. */
function stateOf(path: string): string {
  try {
    const { ino, mtimeMs } = statSync(path);
    return `${ino} ${Math.floor(mtimeMs / 1000)}`;
  } catch {
    return '';
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
  const pem = files.readInheritable(
    path,
    (errors) => `cannot load certificate "${path}": BIO_new_file() failed ${errors}`,
  );
  if (pem.match(certificatePem) !== null) return pem;
  throw new TlsConfigurationError(
    `cannot load certificate "${path}": PEM_read_bio_X509_AUX() failed ` +
      '(SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)',
  );
}

/** The certificates of a PEM text, in their order. */
export const allCertificates = (pem: string): readonly string[] => pem.match(certificatePem) ?? [];

/** A private key that fits `certificate`, opened with the first pass phrase that does; as PEM. */
export function readKey(
  files: CredentialFiles,
  path: string,
  passphrases: readonly string[],
  certificate: string,
): string {
  const pem = files.readInheritable(
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
  const pem = files.readInheritable(path, (errors) => refused(errors.replace(/\)$/, library)));
  const found = pem.match(certificatePem);
  if (found !== null) return found;
  throw new TlsConfigurationError(
    refused('(SSL: error:05800088:x509 certificate routines::no certificate or crl found)'),
  );
}

/** Revocation lists as PEM. */
export function readRevocations(files: CredentialFiles, path: string): string {
  const library = ' error:05880002:x509 certificate routines::system lib)';
  return files.readInheritable(
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
