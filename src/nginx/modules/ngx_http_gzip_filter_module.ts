import type { CheckContext } from '../check-context.ts';
import { duplicate, invalidValue } from '../generic-slots.ts';
import { mergeTypes } from '../http/types-hash.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { parseSize } from '../values/size.ts';

/** ngx_http_gzip_window and ngx_http_gzip_hash: powers of two up to `greatest` kilobytes. */
function powerOfTwo(greatest: number, complaint: string): Handler {
  return (cx: CheckContext): Problem | null => {
    const refused = duplicate(cx);
    if (refused !== null) return refused;
    const size = parseSize(cx.arg(0));
    if (size === null) return invalidValue(cx);
    const fits = size >= 512 && size <= greatest * 1024 && Number.isInteger(Math.log2(size));
    return fits ? null : invalidValue(cx, 0, complaint);
  };
}

/** ngx_http_gzip_filter_module.c */
export const httpGzipModule: ModuleChecks = {
  module: 'ngx_http_gzip_filter_module',
  directives: {
    gzip_window: powerOfTwo(32, 'must be 512, 1k, 2k, 4k, 8k, 16k, or 32k'),
    gzip_hash: powerOfTwo(128, 'must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k'),
  },
  mergeLocation: mergeTypes('gzip_types'),
};
