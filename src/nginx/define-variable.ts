import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { subsystemOf, variablesOf } from './variables.ts';

/** The name in argument `word`, which must start with `$`; what `set`, `map`, `geo` and their like ask first. */
function variableName(cx: CheckContext, word: number): { readonly name: string } | Problem {
  const text = cx.arg(word);
  if (!text.startsWith('$'))
    return problem('invalid-variable-name', `invalid variable name "${text}"`, {
      word,
      detail: 'The name of a variable starts with "$".',
    });
  return { name: text.slice(1) };
}

/** Defines the variable that argument `word` names (ngx_http_add_variable with NGX_HTTP_VAR_CHANGEABLE). */
export function defineVariable(cx: CheckContext, word: number): Problem | null {
  const named = variableName(cx, word);
  if ('slug' in named) return named;
  const refused = variablesOf(cx, subsystemOf(cx)).define(named.name, cx.node, true);
  return refused === null ? null : { ...refused, word };
}

/** Asks for the value of the variable that argument `word` names (ngx_http_get_variable_index). */
export function readVariable(cx: CheckContext, word: number): Problem | null {
  const named = variableName(cx, word);
  if ('slug' in named) return named;
  const refused = variablesOf(cx, subsystemOf(cx)).use(named.name, cx.node);
  return refused === null ? null : { ...refused, word };
}
