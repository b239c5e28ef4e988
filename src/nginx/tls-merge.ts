import type { Directive } from '../1-syntax/ast.ts';
import type { BlockState, CheckContext } from './check-context.ts';
import { effective, effectiveAll } from './http/effective.ts';
import { problem } from './problem.ts';
import { mergeCiphers } from './tls-ciphers.ts';
import { loadPairs, loadServerFiles, loadTrusted } from './tls-files.ts';
import { mergeCommands, mergeSettings } from './tls-settings.ts';
import { reportAt } from './report-at.ts';
import { compileScript, hasVariables } from './script.ts';
import { isOn } from './values/flag.ts';
import type { Subsystem } from './variables.ts';

export const certificateDetail =
  'A TLS server needs ssl_certificate and ssl_certificate_key, of its own or from the block around it.';

/**
 * ngx_http_ssl_compile_certificates and ngx_stream_ssl_compile_certificates: all of them are text with variables as
 * soon as one is. False when nginx stops there.
 */
export function compileCertificates(
  cx: CheckContext,
  certificates: readonly Directive[],
  keys: readonly Directive[],
  subsystem: Subsystem,
): boolean {
  const all = certificates.flatMap((certificate, at) => [certificate, keys[at]!]);
  if (!all.some((node) => hasVariables(node.values[0]!))) return true;
  const { node: before } = cx;
  let compiled = true;
  for (const node of all) {
    cx.node = node;
    const refused = compileScript(cx, node.values[0]!, 0, subsystem);
    if (refused === null) continue;
    cx.report({ ...refused, node });
    compiled = false;
  }
  cx.node = before;
  return compiled;
}

/** Ciphers, certificates and keys, in nginx's order; certificates of `mail` have no variables. */
function mergePairs(
  cx: CheckContext,
  server: BlockState,
  certificates: readonly Directive[],
  keys: readonly Directive[],
): boolean {
  return (
    mergeCiphers(cx, server, 'ssl_ciphers') &&
    (server.context !== 'stream.server' || compileCertificates(cx, certificates, keys, 'stream')) &&
    loadPairs(cx, server)
  );
}

/**
 * The part of ngx_stream_ssl_merge_conf and ngx_mail_ssl_merge_conf about certificates. `mode` is what asked for TLS
 * (`listen ... ssl`), `at` the directive whose place nginx names. False when nginx stops there.
 */
export function mergeCertificates(
  cx: CheckContext,
  server: BlockState,
  mode: string,
  at: Directive,
): boolean {
  const certificates = effectiveAll(server, 'ssl_certificate');
  const keys = effectiveAll(server, 'ssl_certificate_key');
  const last = certificates.at(-1);
  const about = `the "${mode}" directive`;
  const detail = certificateDetail;
  let message: string | null = null;
  if (last === undefined) message = `no "ssl_certificate" is defined for ${about}`;
  else if (keys.length === 0) message = `no "ssl_certificate_key" is defined for ${about}`;
  else if (keys.length < certificates.length)
    message = `no "ssl_certificate_key" is defined for certificate "${last.values[0]!}" and ${about}`;
  if (message === null) return mergePairs(cx, server, certificates, keys);
  reportAt(cx, at, problem('no-certificate', message, { word: -1, detail }));
  return false;
}

/**
 * The same in stream since 1.25.5, where servers may share an address and only the address knows whether TLS was asked
 * for. True when the server has a certificate and nginx goes on.
 */
export function mergeVirtualCertificates(cx: CheckContext, server: BlockState): boolean {
  const certificates = effectiveAll(server, 'ssl_certificate');
  const last = certificates.at(-1);
  if (last === undefined) return false;
  const keys = effectiveAll(server, 'ssl_certificate_key');
  if (keys.length >= certificates.length) return mergePairs(cx, server, certificates, keys);
  const message = `no "ssl_certificate_key" is defined for certificate "${last.values[0]!}"`;
  cx.report(
    problem('no-certificate-key', message, { node: last, placeless: true, detail: certificateDetail }),
  );
  return false;
}

/**
 * ngx_http_ssl_init and ngx_stream_ssl_init for one address with `listen ... NAME`: its default server needs a
 * certificate; when that one only rejects handshakes, all of them need one or reject too.
 */
export function requireCertificates(
  cx: CheckContext,
  defaultServer: BlockState,
  servers: Iterable<BlockState>,
  name = 'ssl',
): void {
  if (hasCertificate(defaultServer)) return;
  const lacking = rejectsHandshakes(defaultServer)
    ? [...servers].find((server) => !hasCertificate(server) && !rejectsHandshakes(server))
    : defaultServer;
  if (lacking === undefined || lacking.opener === null) return;
  const message = `no "ssl_certificate" is defined for the "listen ... ${name}" directive`;
  reportAt(cx, lacking.opener, problem('no-certificate', message, { word: -1, detail: certificateDetail }));
}

/** Whether a certificate is set for the server, by itself or further out. */
export function hasCertificate(server: BlockState): boolean {
  return effective(server, 'ssl_certificate') !== undefined;
}

/** `ssl_reject_handshake on`: such a server needs no certificate. */
export function rejectsHandshakes(server: BlockState): boolean {
  return isOn(effective(server, 'ssl_reject_handshake'));
}

/** What checks clients' certificates: whether there is something to check them by; then the files and settings of the server. */
export function mergeClientVerification(cx: CheckContext, server: BlockState): void {
  if (hasClientAuthority(cx, server) && loadServerFiles(cx, server)) mergeSettings(cx, server);
}

function hasClientAuthority(cx: CheckContext, server: BlockState): boolean {
  const verify = effective(server, 'ssl_verify_client');
  const mode = verify?.values[0]?.toLowerCase() ?? 'off';
  if (mode === 'off' || mode === 'optional_no_ca') return true;
  // Since 1.27.1 a trusted certificate is enough.
  const either = cx.since('1.27.1');
  if (effective(server, 'ssl_client_certificate') !== undefined) return true;
  if (either && effective(server, 'ssl_trusted_certificate') !== undefined) return true;
  const missing = either ? 'ssl_client_certificate or ssl_trusted_certificate' : 'ssl_client_certificate';
  const message = `no ${missing} for ssl_verify_client`;
  cx.report(problem('no-client-certificate', message, { node: verify, placeless: true }));
  return false;
}

/** Certificate and verification of a connection to an upstream (`proxy_ssl_…`, `grpc_ssl_…`, `uwsgi_ssl_…`). */
export function mergeUpstreamTls(cx: CheckContext, level: BlockState, prefix: string): void {
  if (!mergeCiphers(cx, level, `${prefix}_ssl_ciphers`)) return;
  const certificate = effective(level, `${prefix}_ssl_certificate`);
  const file = certificate?.values[0];
  // Since 1.21.0 an empty name means none.
  const given = file !== undefined && (file !== '' || !cx.since('1.21.0'));
  if (given && effective(level, `${prefix}_ssl_certificate_key`) === undefined) {
    const message = `no "${prefix}_ssl_certificate_key" is defined for certificate "${file}"`;
    return cx.report(problem('no-certificate-key', message, { node: certificate, placeless: true }));
  }
  if (!loadPairs(cx, level, `${prefix}_`)) return;
  const verify = effective(level, `${prefix}_ssl_verify`);
  const trusted = `${prefix}_ssl_trusted_certificate`;
  const verifies = isOn(verify);
  if (!verifies || effective(level, trusted) !== undefined) {
    if (!verifies || loadTrusted(cx, level, trusted)) mergeCommands(cx, level, `${prefix}_ssl_conf_command`);
    return;
  }
  const message = `no ${trusted} for ${prefix}_ssl_verify`;
  cx.report(problem('no-trusted-certificate', message, { node: verify, placeless: true }));
}
