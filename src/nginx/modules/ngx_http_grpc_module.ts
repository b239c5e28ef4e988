import { checkBind, checkCertificateCache } from '../http/upstream-directives.ts';
import { mergeLateValues, mergePassTls, passHandler } from '../http/upstream-module.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** ngx_http_grpc_module.c */
export const httpGrpcModule: ModuleChecks = {
  module: 'ngx_http_grpc_module',
  directives: {
    grpc_pass: passHandler(['grpc://', 'grpcs://']),
    grpc_bind: checkBind,
    grpc_ssl_certificate_cache: checkCertificateCache,
  },
  mergeLocation(cx, level) {
    mergePassTls(cx, level, 'grpc_pass', 'grpcs://');
    mergeLateValues(cx, level, 'grpc_set_header');
  },
};
