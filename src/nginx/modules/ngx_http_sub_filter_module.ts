import type { CheckContext } from '../check-context.ts';
import { mergeTypes } from '../http/types-hash.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileArgument } from '../script.ts';

const mostPatterns = 255;

/** ngx_http_sub_filter */
function subFilter(cx: CheckContext): Problem | null {
  if (cx.arg(0) === '') return problem('invalid-value', 'empty search pattern', { word: 0 });
  if (cx.block.all('sub_filter').length === mostPatterns)
    return problem('too-many', `number of search patterns exceeds ${mostPatterns}`);
  return compileArgument(cx, 0) ?? compileArgument(cx, 1);
}

/** ngx_http_sub_filter_module.c */
export const httpSubModule: ModuleChecks = {
  module: 'ngx_http_sub_filter_module',
  directives: { sub_filter: subFilter },
  mergeLocation: mergeTypes('sub_filter_types'),
};
