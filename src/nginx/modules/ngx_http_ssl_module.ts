import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { checkGeneric } from '../generic-slots.ts';
import { effective, effectiveAll } from '../http/effective.ts';
import type { ListenAddress } from '../http/listen.ts';
import { listenPorts } from '../http/listen.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';
import { mergeCiphers } from '../tls-ciphers.ts';
import { checkPasswordFile, loadPairs } from '../tls-files.ts';
import { reportAt } from '../report-at.ts';
import { checkCertificateCache, checkOcspCache, checkSessionCache } from '../ssl-cache.ts';
import {
  certificateDetail,
  compileCertificates,
  hasCertificate,
  mergeClientVerification,
  rejectsHandshakes,
  requireCertificates,
} from '../tls-merge.ts';
import { isOff, isOn } from '../values/flag.ts';

const module = 'ngx_http_ssl_module';

/** `ssl on`, which is gone since 1.25.1. */
const ssl: Handler = (cx) => {
  const refused = checkGeneric(cx, cx.spec!);
  if (refused === null && cx.since('1.15.0'))
    cx.warn('deprecated', 'the "ssl" directive is deprecated, use the "listen ... ssl" directive instead');
  return refused;
};

/** Where the `ssl` directive asked for TLS, nginx names its place. */
function refuseAtSsl(cx: CheckContext, node: Directive, slug: string, message: string): false {
  reportAt(cx, node, problem(slug, message, { word: -1, detail: certificateDetail }));
  return false;
}

/** The part of ngx_http_ssl_merge_srv_conf about certificates. False when nginx stops there. */
function mergeCertificates(cx: CheckContext, server: BlockState): boolean {
  const certificates = effectiveAll(server, 'ssl_certificate');
  const keys = effectiveAll(server, 'ssl_certificate_key');
  const last = certificates.at(-1);
  const file = last?.values[0];
  const enable = effective(server, 'ssl');
  if (enable !== undefined && isOn(enable)) {
    const about = 'the "ssl" directive';
    if (last !== undefined && keys.length === 0)
      return refuseAtSsl(
        cx,
        enable,
        'no-certificate-key',
        `no "ssl_certificate_key" is defined for ${about}`,
      );
    if (last !== undefined && keys.length < certificates.length) {
      const message = `no "ssl_certificate_key" is defined for certificate "${file}" and ${about}`;
      return refuseAtSsl(cx, enable, 'no-certificate-key', message);
    }
    if (last === undefined && !rejectsHandshakes(server))
      return refuseAtSsl(cx, enable, 'no-certificate', `no "ssl_certificate" is defined for ${about}`);
  } else if (last !== undefined && keys.length < certificates.length) {
    const message = `no "ssl_certificate_key" is defined for certificate "${file}"`;
    cx.report(
      problem('no-certificate-key', message, { node: last, placeless: true, detail: certificateDetail }),
    );
    return false;
  }
  compileCertificates(cx, certificates, keys, 'http');
  return true;
}

/** `ssl_ocsp` needs certificates of clients that were verified. */
function mergeOcsp(cx: CheckContext, server: BlockState): void {
  const ocsp = effective(server, 'ssl_ocsp');
  const mode = effective(server, 'ssl_verify_client')?.values[0]?.toLowerCase();
  if (ocsp === undefined || isOff(ocsp)) return;
  if (mode === 'optional_no_ca') {
    const message = '"ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca"';
    cx.report(problem('conflict', message, { node: ocsp, placeless: true }));
    return;
  }
  const responder = effective(server, 'ssl_ocsp_responder');
  const url = responder?.values[0] ?? '';
  if (url === '' || /^http:\/\/./i.test(url)) return;
  const message = `invalid URL prefix in OCSP responder "${url}" in "ssl_ocsp_responder"`;
  cx.report(problem('invalid-url', message, { node: responder!, placeless: true }));
}

function mergeStapling(cx: CheckContext, server: BlockState): void {
  const names = ['ssl_stapling', 'ssl_certificate_compression'];
  if (!names.every((name) => isOn(effective(server, name)))) return;
  const message = '"ssl_stapling" is incompatible with "ssl_certificate_compression"';
  cx.report(problem('conflict', message, { node: effective(server, 'ssl_stapling'), placeless: true }));
}

/** ngx_http_ssl_init for one address. */
function checkAddress(cx: CheckContext, { defaultServer, servers, options }: ListenAddress): void {
  requireCertificates(cx, defaultServer, servers, options.quic ? 'quic' : 'ssl');
  if (!options.quic || !hasCertificate(defaultServer)) return;
  const protocols = effective(defaultServer, 'ssl_protocols');
  if (protocols === undefined || protocols.values.some((value) => value.toLowerCase() === 'tlsv1.3')) return;
  const message = '"ssl_protocols" must enable TLSv1.3 for the "listen ... quic" directive';
  reportAt(cx, defaultServer.opener!, problem('conflict', message, { word: -1 }));
}

/** src/http/modules/ngx_http_ssl_module.c */
export const httpSslModule: ModuleChecks = {
  module,
  directives: {
    ssl,
    ssl_password_file: checkPasswordFile,
    ssl_session_cache: (cx) => checkSessionCache(cx, module),
    ssl_ocsp_cache: (cx) => checkOcspCache(cx, module),
    ssl_certificate_cache: checkCertificateCache,
  },
  mergeServer(cx, server) {
    if (!cx.seen.has('ssl_certificate') && !cx.seen.has('ssl') && !cx.seen.has('ssl_reject_handshake'))
      return;
    if (!mergeCertificates(cx, server)) return;
    if (!hasCertificate(server) && !rejectsHandshakes(server)) return;
    if (!mergeCiphers(cx, server, 'ssl_ciphers') || !loadPairs(cx, server)) return;
    mergeClientVerification(cx, server);
    mergeOcsp(cx, server);
    mergeStapling(cx, server);
  },
  postconfiguration(cx) {
    if (cx.fragment) return;
    for (const addresses of cx.cycle.get(listenPorts).values())
      for (const address of addresses.values())
        if (address.options.ssl || address.options.quic) checkAddress(cx, address);
  },
};
