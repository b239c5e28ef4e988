import { fixedHash } from '../http/hash.ts';
import { headerParamsMerger, hiddenHeadersMerger } from '../http/header-hashes.ts';
import { mergeCacheZone, warnCacheKey } from '../http/file-cache.ts';
import { buffersMerger } from '../http/upstream-buffers.ts';
import { checkParam, sharedDirectives } from '../http/upstream-directives.ts';
import { mergeLateValues, passHandler } from '../http/upstream-pass.ts';
import type { ModuleChecks } from '../module-checks.ts';

const mergeBuffers = buffersMerger('scgi');
const mergeHiddenHeaders = hiddenHeadersMerger('scgi', fixedHash('scgi_hide_headers_hash', 512));
const mergeHeaderParams = headerParamsMerger('scgi_param', fixedHash('scgi_params_hash', 512));

/** ngx_http_scgi_module.c */
export const httpScgiModule: ModuleChecks = {
  module: 'ngx_http_scgi_module',
  directives: {
    ...sharedDirectives('scgi'),
    scgi_pass: passHandler([]),
    scgi_param: checkParam,
  },
  mergeLocation(cx, level) {
    if (!mergeBuffers(cx, level)) return;
    mergeCacheZone(cx, level, 'scgi_cache');
    warnCacheKey(cx, level, 'scgi_cache');
    if (!mergeHiddenHeaders(cx, level)) return;
    mergeLateValues(cx, level, 'scgi_param');
    mergeHeaderParams(cx, level);
  },
};
