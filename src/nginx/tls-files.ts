import type { Directive } from '../1-syntax/ast.ts';
import type { BlockState, CheckContext } from './check-context.ts';
import { duplicate } from './generic-slots.ts';
import { effective, effectiveAll } from './http/effective.ts';
import { errnoText, systemError } from '../system/errno.ts';
import { fullName } from './paths.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { hasVariables } from './script.ts';

/**
 * Certificates, keys and lists of certificates as nginx loads them when servers are merged (ngx_event_openssl.c).
 * Only where the machine is to be asked; the texts are those of OpenSSL 3.
 */

/** OpenSSL's number of an error of the system: errno behind this bit (ERR_SYSTEM_FLAG). */
const systemFlag = 0x8000_0000;

/** `(SSL: …` of a file that could not be opened; a certificate is opened in another way by commands. */
export function openingFailed(path: string, error: string, byCommand = false): string {
  const { number, text } = systemError(error);
  const system = `error:${(systemFlag + number).toString(16).toUpperCase()}:system library::${text}`;
  const bio =
    error === 'ENOENT' && !byCommand
      ? 'error:10000080:BIO routines::no such file'
      : 'error:10080002:BIO routines::system lib';
  return `(SSL: ${system}:calling fopen(${path}, r) ${bio}`;
}

const certificateBlock = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]+?-----END [^-]*-----/;
const noStartLine = 'error:0480006C:PEM routines::no start line';
const noKey = 'error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM';

type Loaded = { readonly text: string; readonly path: string } | { readonly failed: string };

function load(cx: CheckContext, name: string): Loaded {
  const path = fullName(cx, name, 'configuration');
  const read = cx.environment!.readFile(path);
  return 'error' in read ? { failed: openingFailed(path, read.error) } : { text: read.text, path };
}

/** Text given in place (`data:`) and keys of an engine are not files. */
const isFile = (name: string): boolean => !hasVariables(name) && !/^(?:data|engine|store):/.test(name);

/** What OpenSSL says of a certificate and its key; null when they fit. */
function pairError(cx: CheckContext, certificate: string, key: string): string | null {
  const crypto = process.getBuiltinModule('node:crypto');
  const first = load(cx, certificate);
  const certificatePath = fullName(cx, certificate, 'configuration');
  const about = `cannot load certificate "${certificatePath}"`;
  if ('failed' in first) return `${about}: BIO_new_file() failed ${first.failed})`;
  const pem = certificateBlock.exec(first.text)?.[0];
  if (pem === undefined)
    return `${about}: PEM_read_bio_X509_AUX() failed (SSL: ${noStartLine}:Expecting: TRUSTED CERTIFICATE)`;
  const keyPath = fullName(cx, key, 'configuration');
  const aboutKey = `cannot load certificate key "${keyPath}"`;
  const second = load(cx, key);
  if ('failed' in second) return `${aboutKey}: BIO_new_file() failed ${second.failed})`;
  // Encrypted keys need a password; whoever loads them for use tries those of ssl_password_file.
  if (second.text.includes('ENCRYPTED')) return null;
  let privateKey;
  try {
    privateKey = crypto.createPrivateKey(second.text);
  } catch {
    return `${aboutKey}: PEM_read_bio_PrivateKey() failed (SSL: ${noKey})`;
  }
  try {
    if (new crypto.X509Certificate(pem).checkPrivateKey(privateKey)) return null;
  } catch {
    return `${about}: PEM_read_bio_X509_AUX() failed (SSL: ${noStartLine}:Expecting: TRUSTED CERTIFICATE)`;
  }
  return `SSL_CTX_use_PrivateKey("${keyPath}") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`;
}

function report(cx: CheckContext, node: Directive | undefined, message: string): false {
  cx.report(problem('tls-file', message, { node, word: 0, placeless: true }));
  return false;
}

/** Loads the pairs of `ssl_certificate` and `ssl_certificate_key` (with `prefix`). False when nginx stops there. */
export function loadPairs(cx: CheckContext, level: BlockState, prefix = ''): boolean {
  if (cx.environment === null) return true;
  const certificates = effectiveAll(level, `${prefix}ssl_certificate`);
  const keys = effectiveAll(level, `${prefix}ssl_certificate_key`);
  const names = [...certificates, ...keys].map(({ values }) => values[0] ?? '');
  if (names.some((name) => name === '' || !isFile(name))) return true;
  for (const [at, certificate] of certificates.entries()) {
    const key = keys[at];
    const error = key === undefined ? null : pairError(cx, certificate.values[0]!, key.values[0]!);
    if (error !== null) return report(cx, certificate, error);
  }
  return true;
}

/** Loads a list of trusted certificates, for which OpenSSL adds a reason of its own. */
export function loadTrusted(cx: CheckContext, level: BlockState, name: string): boolean {
  const node = effective(level, name);
  const file = node?.values[0] ?? '';
  if (cx.environment === null || file === '') return true;
  const loaded = load(cx, file);
  const path = fullName(cx, file, 'configuration');
  if ('failed' in loaded) {
    const reason = `${loaded.failed} error:05880002:x509 certificate routines::system lib)`;
    return report(cx, node, `SSL_CTX_load_verify_locations("${path}") failed ${reason}`);
  }
  if (certificateBlock.test(loaded.text)) return true;
  const reason = '(SSL: error:05800088:x509 certificate routines::no certificate or crl found)';
  return report(cx, node, `SSL_CTX_load_verify_locations("${path}") failed ${reason}`);
}

/** `ssl_dhparam`: whether the file is there. */
function loadDhparam(cx: CheckContext, level: BlockState): boolean {
  const node = effective(level, 'ssl_dhparam');
  const file = node?.values[0] ?? '';
  if (cx.environment === null || file === '') return true;
  const loaded = load(cx, file);
  if (!('failed' in loaded)) return true;
  const path = fullName(cx, file, 'configuration');
  return report(cx, node, `BIO_new_file("${path}") failed ${loaded.failed})`);
}

/** All files of a server with TLS, in nginx's order; the directive that asks for a client's certificate comes between. */
export function loadServerFiles(cx: CheckContext, server: BlockState): boolean {
  const verify = effective(server, 'ssl_verify_client')?.values[0]?.toLowerCase() ?? 'off';
  if (verify !== 'off' && !loadTrusted(cx, server, 'ssl_client_certificate')) return false;
  return loadTrusted(cx, server, 'ssl_trusted_certificate') && loadDhparam(cx, server);
}

/** `ssl_password_file` and its kin: nginx reads the file where it reads the directive (ngx_ssl_read_password_file). */
export function checkPasswordFile(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || cx.environment === null) return refused;
  const path = fullName(cx, cx.arg(0), 'configuration');
  const read = cx.environment.readFile(path);
  if (!('error' in read)) return null;
  // A directory can be opened.
  const call = read.error === 'EISDIR' ? 'read' : 'open';
  return problem('tls-file', `${call}() "${path}" failed ${errnoText(read.error)}`, { word: 0 });
}
