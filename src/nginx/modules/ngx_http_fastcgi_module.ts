import type { CheckContext } from '../check-context.ts';
import { fixedHash } from '../http/hash.ts';
import { headerParamsMerger, hiddenHeadersMerger } from '../http/header-hashes.ts';
import { mergeCacheZone, warnCacheKey } from '../http/file-cache.ts';
import { buffersMerger } from '../http/upstream-buffers.ts';
import { checkParam, sharedDirectives } from '../http/upstream-directives.ts';
import { mergeLateValues, passHandler } from '../http/upstream-pass.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { captureCount, compileRegex } from '../regex.ts';

/** ngx_http_fastcgi_split_path_info */
function splitPathInfo(cx: CheckContext): Problem | null {
  const pattern = cx.arg(0);
  const refused = compileRegex(cx, pattern, { caseless: false, word: 0, variables: false });
  if (refused !== null) return refused;
  return captureCount(cx, pattern, false) === 2
    ? null
    : problem('invalid-value', `pattern "${pattern}" must have 2 captures`, {
        word: 0,
        detail: 'The first is the script name, the second the path info.',
      });
}

const mergeBuffers = buffersMerger('fastcgi');
const mergeHiddenHeaders = hiddenHeadersMerger('fastcgi', fixedHash('fastcgi_hide_headers_hash', 512));
const mergeHeaderParams = headerParamsMerger('fastcgi_param', fixedHash('fastcgi_params_hash', 512));

/** ngx_http_fastcgi_module.c */
export const httpFastcgiModule: ModuleChecks = {
  module: 'ngx_http_fastcgi_module',
  directives: {
    ...sharedDirectives('fastcgi'),
    fastcgi_pass: passHandler([]),
    fastcgi_param: checkParam,
    fastcgi_split_path_info: splitPathInfo,
  },
  mergeLocation(cx, level) {
    if (!mergeBuffers(cx, level)) return;
    mergeCacheZone(cx, level, 'fastcgi_cache');
    warnCacheKey(cx, level, 'fastcgi_cache');
    if (!mergeHiddenHeaders(cx, level)) return;
    mergeLateValues(cx, level, 'fastcgi_param');
    mergeHeaderParams(cx, level);
  },
};
