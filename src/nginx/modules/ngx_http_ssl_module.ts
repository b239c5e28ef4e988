import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { checkGeneric } from '../generic-slots.ts';
import { effective, effectiveAll } from '../http/effective.ts';
import type { ListenAddress } from '../http/listen.ts';
import { listenPorts } from '../http/listen.ts';
import { checkCertificateCache } from '../http/upstream-directives.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';
import { compileScript, hasVariables } from '../script.ts';
import { mergeCiphers } from '../tls-ciphers.ts';
import { checkOcspCache, checkSessionCache } from '../ssl-cache.ts';

const module = 'ngx_http_ssl_module';

function isOn(node: Directive | undefined): boolean {
  return node?.args[0]?.value.toLowerCase() === 'on';
}

/** `ssl on`, which is gone since 1.25.1. */
const ssl: Handler = (cx) => {
  const refused = checkGeneric(cx, cx.spec!);
  if (refused === null && cx.since('1.15.0'))
    cx.warn('deprecated', 'the "ssl" directive is deprecated, use the "listen ... ssl" directive instead');
  return refused;
};

/** Reports at the place of `node`, as nginx does with the file and line it kept. */
function reportAt(cx: CheckContext, node: Directive, slug: string, message: string, detail?: string): void {
  const { place } = cx;
  cx.place = { file: node.file, offset: node.terminatorAt };
  cx.report(problem(slug, message, { node, word: -1, detail }));
  cx.place = place;
}

const certificateDetail =
  'A TLS server needs ssl_certificate and ssl_certificate_key, here or in the http block.';

/** The part of ngx_http_ssl_merge_srv_conf about certificates. False when nginx stops there. */
function mergeCertificates(cx: CheckContext, server: BlockState): boolean {
  const certificates = effectiveAll(server, 'ssl_certificate');
  const keys = effectiveAll(server, 'ssl_certificate_key');
  const last = certificates.at(-1);
  const file = last?.args[0]?.value;
  const enable = effective(server, 'ssl');
  if (isOn(enable)) {
    if (last !== undefined && keys.length === 0) {
      reportAt(
        cx,
        enable!,
        'no-certificate-key',
        'no "ssl_certificate_key" is defined for the "ssl" directive',
      );
      return false;
    }
    if (last !== undefined && keys.length < certificates.length) {
      const message = `no "ssl_certificate_key" is defined for certificate "${file}" and the "ssl" directive`;
      reportAt(cx, enable!, 'no-certificate-key', message);
      return false;
    }
    if (last === undefined && !isOn(effective(server, 'ssl_reject_handshake'))) {
      const message = 'no "ssl_certificate" is defined for the "ssl" directive';
      reportAt(cx, enable!, 'no-certificate', message, certificateDetail);
      return false;
    }
  } else if (last !== undefined && keys.length < certificates.length) {
    const message = `no "ssl_certificate_key" is defined for certificate "${file}"`;
    cx.report(
      problem('no-certificate-key', message, { node: last, placeless: true, detail: certificateDetail }),
    );
    return false;
  }
  compileCertificates(cx, certificates, keys);
  return true;
}

/** ngx_http_ssl_compile_certificates: all of them are text with variables as soon as one is. */
function compileCertificates(
  cx: CheckContext,
  certificates: readonly Directive[],
  keys: readonly Directive[],
): void {
  const all = certificates.flatMap((certificate, at) => [certificate, keys[at]!]);
  if (!all.some((node) => hasVariables(node.args[0]!.value))) return;
  const { node: before } = cx;
  for (const node of all) {
    cx.node = node;
    const refused = compileScript(cx, node.args[0]!.value, 0, 'http');
    if (refused !== null) cx.report({ ...refused, node });
  }
  cx.node = before;
}

function mergeVerification(cx: CheckContext, server: BlockState): void {
  const verify = effective(server, 'ssl_verify_client');
  const mode = verify?.args[0]?.value.toLowerCase() ?? 'off';
  if (
    mode !== 'off' &&
    mode !== 'optional_no_ca' &&
    effective(server, 'ssl_client_certificate') === undefined
  ) {
    // Since 1.27.1 a trusted certificate is enough.
    const either = cx.since('1.27.1');
    if (!either || effective(server, 'ssl_trusted_certificate') === undefined) {
      const missing = either ? 'ssl_client_certificate or ssl_trusted_certificate' : 'ssl_client_certificate';
      cx.report(
        problem('no-client-certificate', `no ${missing} for ssl_verify_client`, {
          node: verify,
          placeless: true,
        }),
      );
      return;
    }
  }
  const ocsp = effective(server, 'ssl_ocsp');
  if (mode === 'optional_no_ca' && ocsp !== undefined && ocsp.args[0]?.value.toLowerCase() !== 'off')
    cx.report(
      problem('conflict', '"ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca"', {
        node: ocsp,
        placeless: true,
      }),
    );
}

/** Whether a server can shake hands, or refuses to. */
function hasCertificates(server: BlockState): boolean {
  return effective(server, 'ssl_certificate') !== undefined;
}

function rejects(server: BlockState): boolean {
  return isOn(effective(server, 'ssl_reject_handshake'));
}

/** ngx_http_ssl_init for one address: its default server, and without a certificate there, all of them. */
function checkAddress(cx: CheckContext, address: ListenAddress): void {
  const name = address.options.quic ? 'quic' : 'ssl';
  const first = address.defaultServer;
  if (hasCertificates(first)) {
    const protocols = effective(first, 'ssl_protocols');
    const has13 =
      protocols === undefined || protocols.args.some(({ value }) => value.toLowerCase() === 'tlsv1.3');
    if (name === 'quic' && !has13)
      reportAt(
        cx,
        first.opener!,
        'conflict',
        '"ssl_protocols" must enable TLSv1.3 for the "listen ... quic" directive',
      );
    return;
  }
  const lacking = rejects(first)
    ? [...address.servers].find((server) => !hasCertificates(server) && !rejects(server))
    : first;
  if (lacking === undefined || lacking.opener === null) return;
  const message = `no "ssl_certificate" is defined for the "listen ... ${name}" directive`;
  reportAt(cx, lacking.opener, 'no-certificate', message, certificateDetail);
}

/** src/http/modules/ngx_http_ssl_module.c */
export const httpSslModule: ModuleChecks = {
  module,
  directives: {
    ssl,
    ssl_session_cache: (cx) => checkSessionCache(cx, module),
    ssl_ocsp_cache: (cx) => checkOcspCache(cx, module),
    ssl_certificate_cache: checkCertificateCache,
  },
  mergeServer(cx, server) {
    if (!cx.seen.has('ssl_certificate') && !cx.seen.has('ssl') && !cx.seen.has('ssl_reject_handshake'))
      return;
    if (!mergeCertificates(cx, server)) return;
    if (!hasCertificates(server) && !rejects(server)) return;
    if (mergeCiphers(cx, server, 'ssl_ciphers')) mergeVerification(cx, server);
  },
  postconfiguration(cx) {
    if (cx.fragment) return;
    for (const addresses of cx.cycle.get(listenPorts).values())
      for (const address of addresses.values())
        if (address.options.ssl || address.options.quic) checkAddress(cx, address);
  },
};
