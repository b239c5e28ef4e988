import type { CheckContext } from '../check-context.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileArgument } from '../script.ts';

/** ngx_http_index_set_index */
function index(cx: CheckContext): Problem | null {
  for (let word = 0; word < cx.values.length; word++) {
    const value = cx.arg(word);
    if (value.startsWith('/') && word !== cx.values.length - 1)
      cx.warn('absolute-index', 'only the last index in "index" directive should be absolute', { word });
    if (value === '')
      return problem('invalid-value', `index "${cx.arg(0)}" in "index" directive is invalid`, { word });
    const refused = compileArgument(cx, word);
    if (refused !== null) return refused;
  }
  return null;
}

/** ngx_http_index_module.c */
export const httpIndexModule: ModuleChecks = { module: 'ngx_http_index_module', directives: { index } };
