import type { CheckContext } from '../check-context.ts';
import { defineVariable, readVariable } from '../define-variable.ts';
import { checkCondition } from '../http/if-condition.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';
import { compileArgument, compileScript } from '../script.ts';
import { parseNumber } from '../values/number.ts';

const flags: ReadonlySet<string> = new Set(['last', 'break', 'redirect', 'permanent']);

/** ngx_http_rewrite */
function rewrite(cx: CheckContext): Problem | null {
  const replacement = cx.arg(1);
  if (replacement === '') return problem('invalid-value', 'empty replacement', { word: 1 });
  const refused = compileRegex(cx, cx.arg(0), { caseless: false, word: 0 });
  if (refused !== null) return refused;
  if (cx.values.length === 3 && !flags.has(cx.arg(2)))
    return problem('invalid-parameter', `invalid parameter "${cx.arg(2)}"`, {
      word: 2,
      detail: `It is one of: ${[...flags].join(', ')}.`,
    });
  return compileScript(cx, replacement.endsWith('?') ? replacement.slice(0, -1) : replacement, 1);
}

function isRedirect(text: string): boolean {
  return text.startsWith('http://') || text.startsWith('https://') || text.startsWith('$scheme');
}

/** ngx_http_rewrite_return */
function checkReturn(cx: CheckContext): Problem | null {
  const first = cx.arg(0);
  const code = parseNumber(first);
  if (code === null ? cx.values.length !== 1 || !isRedirect(first) : code > 999)
    return problem('invalid-value', `invalid return code "${first}"`, {
      word: 0,
      detail:
        'It takes a status of at most three digits, or alone a URL that begins with http://, https:// or $scheme.',
    });
  if (code !== null && cx.values.length === 1) return null;
  return compileArgument(cx, code === null ? 0 : 1);
}

/** ngx_http_rewrite_set */
function set(cx: CheckContext): Problem | null {
  return defineVariable(cx, 0) ?? readVariable(cx, 0) ?? compileArgument(cx, 1);
}

/** src/http/modules/ngx_http_rewrite_module.c */
export const httpRewriteModule: ModuleChecks = {
  module: 'ngx_http_rewrite_module',
  directives: { rewrite, return: checkReturn, set, if: checkCondition, break: () => null },
};
