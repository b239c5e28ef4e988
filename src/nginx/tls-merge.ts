import type { Directive } from '../1-syntax/ast.ts';
import type { BlockState, CheckContext } from './check-context.ts';
import { effective, effectiveAll } from './http/effective.ts';
import { problem } from './problem.ts';
import { mergeCiphers } from './tls-ciphers.ts';
import { reportAt } from './report-at.ts';

const certificateDetail = 'A TLS server needs ssl_certificate and ssl_certificate_key.';

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
    message = `no "ssl_certificate_key" is defined for certificate "${last.args[0]!.value}" and ${about}`;
  if (message === null) return mergeCiphers(cx, server, 'ssl_ciphers');
  reportAt(cx, at, problem('no-certificate', message, { word: -1, detail }));
  return false;
}

/** `no ssl_client_certificate for ssl_verify_client` */
export function mergeClientVerification(cx: CheckContext, server: BlockState): void {
  const verify = effective(server, 'ssl_verify_client');
  const mode = verify?.args[0]?.value.toLowerCase() ?? 'off';
  if (mode === 'off' || mode === 'optional_no_ca') return;
  // Since 1.27.1 a trusted certificate is enough.
  const either = cx.since('1.27.1');
  if (effective(server, 'ssl_client_certificate') !== undefined) return;
  if (either && effective(server, 'ssl_trusted_certificate') !== undefined) return;
  const missing = either ? 'ssl_client_certificate or ssl_trusted_certificate' : 'ssl_client_certificate';
  const message = `no ${missing} for ssl_verify_client`;
  cx.report(problem('no-client-certificate', message, { node: verify, placeless: true }));
}

/** Certificate and verification of a connection to an upstream (`proxy_ssl_…`, `grpc_ssl_…`, `uwsgi_ssl_…`). */
export function mergeUpstreamTls(cx: CheckContext, level: BlockState, prefix: string): void {
  if (!mergeCiphers(cx, level, `${prefix}_ssl_ciphers`)) return;
  const certificate = effective(level, `${prefix}_ssl_certificate`);
  const file = certificate?.args[0]?.value;
  // Since 1.21.0 an empty name means none.
  const given = file !== undefined && (file !== '' || !cx.since('1.21.0'));
  if (given && effective(level, `${prefix}_ssl_certificate_key`) === undefined) {
    const message = `no "${prefix}_ssl_certificate_key" is defined for certificate "${file}"`;
    return cx.report(problem('no-certificate-key', message, { node: certificate, placeless: true }));
  }
  const verify = effective(level, `${prefix}_ssl_verify`);
  const on = verify?.args[0]?.value.toLowerCase() === 'on';
  if (!on || effective(level, `${prefix}_ssl_trusted_certificate`) !== undefined) return;
  const message = `no ${prefix}_ssl_trusted_certificate for ${prefix}_ssl_verify`;
  cx.report(problem('no-trusted-certificate', message, { node: verify, placeless: true }));
}
