import {
  buffersMerger,
  checkCertificateCache,
  checkParam,
  mergeCacheZone,
  sharedDirectives,
} from '../http/upstream-directives.ts';
import { mergeLateValues, mergePassTls, passHandler, warnCacheKey } from '../http/upstream-module.ts';
import type { ModuleChecks } from '../module-checks.ts';

const mergeBuffers = buffersMerger('uwsgi');

/** ngx_http_uwsgi_module.c */
export const httpUwsgiModule: ModuleChecks = {
  module: 'ngx_http_uwsgi_module',
  directives: {
    ...sharedDirectives('uwsgi'),
    uwsgi_pass: passHandler(['uwsgi://', 'suwsgi://']),
    uwsgi_param: checkParam,
    uwsgi_ssl_certificate_cache: checkCertificateCache,
  },
  mergeLocation(cx, level) {
    if (!mergeBuffers(cx, level)) return;
    mergeCacheZone(cx, level, 'uwsgi_cache');
    warnCacheKey(cx, level, 'uwsgi_cache');
    mergePassTls(cx, level, 'uwsgi_pass', 'suwsgi://');
    mergeLateValues(cx, level, 'uwsgi_param');
  },
};
