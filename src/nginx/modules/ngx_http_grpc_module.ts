import { fixedHash } from '../http/hash.ts';
import { hiddenHeadersMerger, setHeadersMerger } from '../http/header-hashes.ts';
import { checkBind } from '../http/upstream-directives.ts';
import { mergeLateValues, mergePassTls, passHandler } from '../http/upstream-pass.ts';
import { checkPasswordFile } from '../tls-files.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { checkCertificateCache } from '../ssl-cache.ts';

const headersHash = fixedHash('grpc_headers_hash', 512);
const mergeHiddenHeaders = hiddenHeadersMerger('grpc', headersHash);
const mergeSetHeaders = setHeadersMerger('grpc_set_header', headersHash);

/** ngx_http_grpc_module.c */
export const httpGrpcModule: ModuleChecks = {
  module: 'ngx_http_grpc_module',
  directives: {
    grpc_pass: passHandler(['grpc://', 'grpcs://']),
    grpc_bind: checkBind,
    grpc_ssl_certificate_cache: checkCertificateCache,
    grpc_ssl_password_file: checkPasswordFile,
  },
  mergeLocation(cx, level) {
    mergePassTls(cx, level, 'grpc_pass', 'grpcs://');
    if (!mergeHiddenHeaders(cx, level)) return;
    mergeLateValues(cx, level, 'grpc_set_header');
    mergeSetHeaders(cx, level);
  },
};
