import { fixedHash } from '../http/hash.ts';
import { headerParamsMerger, hiddenHeadersMerger } from '../http/header-hashes.ts';
import { mergeCacheZone, warnCacheKey } from '../http/file-cache.ts';
import { buffersMerger } from '../http/upstream-buffers.ts';
import { checkParam, sharedDirectives } from '../http/upstream-directives.ts';
import { mergeLateValues, mergePassTls, passHandler } from '../http/upstream-pass.ts';
import { checkPasswordFile } from '../tls-files.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { checkCertificateCache } from '../ssl-cache.ts';

const mergeBuffers = buffersMerger('uwsgi');
const mergeHiddenHeaders = hiddenHeadersMerger('uwsgi', fixedHash('uwsgi_hide_headers_hash', 512));
const mergeHeaderParams = headerParamsMerger('uwsgi_param', fixedHash('uwsgi_params_hash', 512));

/** ngx_http_uwsgi_module.c */
export const httpUwsgiModule: ModuleChecks = {
  module: 'ngx_http_uwsgi_module',
  directives: {
    ...sharedDirectives('uwsgi'),
    uwsgi_pass: passHandler(['uwsgi://', 'suwsgi://']),
    uwsgi_param: checkParam,
    uwsgi_ssl_certificate_cache: checkCertificateCache,
    uwsgi_ssl_password_file: checkPasswordFile,
  },
  mergeLocation(cx, level) {
    if (!mergeBuffers(cx, level)) return;
    mergeCacheZone(cx, level, 'uwsgi_cache');
    warnCacheKey(cx, level, 'uwsgi_cache');
    mergePassTls(cx, level, 'uwsgi_pass', 'suwsgi://');
    if (!mergeHiddenHeaders(cx, level)) return;
    mergeLateValues(cx, level, 'uwsgi_param');
    mergeHeaderParams(cx, level);
  },
};
