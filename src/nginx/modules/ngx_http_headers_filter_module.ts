import { parseExpires } from '../../text/expires.ts';
import type { CheckContext } from '../check-context.ts';
import { duplicate, invalidValue } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileArgument, hasVariables } from '../script.ts';

/** ngx_http_headers_add: `add_header` and `add_trailer` */
function addHeader(cx: CheckContext): Problem | null {
  const refused = cx.arg(1) === '' ? null : compileArgument(cx, 1);
  if (refused !== null || cx.values.length < 3 || cx.arg(2) === 'always') return refused;
  return problem('invalid-parameter', `invalid parameter "${cx.arg(2)}"`, {
    word: 2,
    detail: 'After the value only "always" may follow; a value with spaces needs quotes.',
  });
}

/** ngx_http_headers_expires */
function expires(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const modified = cx.values.length === 2;
  if (modified && cx.arg(0) !== 'modified') return invalidValue(cx, 0);
  const word = cx.values.length - 1;
  const invalidScript = compileArgument(cx, word);
  if (invalidScript !== null || hasVariables(cx.arg(word))) return invalidScript;
  const read = parseExpires(cx.arg(word), modified);
  return 'error' in read ? invalidValue(cx, word, read.error) : null;
}

/** ngx_http_headers_filter_module.c */
export const httpHeadersModule: ModuleChecks = {
  module: 'ngx_http_headers_filter_module',
  directives: { add_header: addHeader, add_trailer: addHeader, expires },
};
