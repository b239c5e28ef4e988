import type { Directive } from '../1-syntax/ast.ts';
import type { Problem } from '../nginx/problem.ts';
import { problem } from '../nginx/problem.ts';
import type { SpecTable } from '../nginx/specs.ts';
import { inContext } from '../nginx/specs.ts';
import type { Context, DirectiveSpec } from '../nginx/types.ts';
import { missingSemicolon, placesOf } from './advice.ts';

/** nginx's refusals of a directive before its handler runs (ngx_conf_handler), with our explanations. */

/** A known directive with too few or too many arguments (ngx_conf_handler). */
export function wrongCount(
  spec: DirectiveSpec,
  node: Directive,
  context: Context,
  specs: SpecTable,
): Problem {
  const message = `invalid number of arguments in "${spec.name}" directive`;
  const advice = missingSemicolon(node, context, specs, true);
  return problem(
    'invalid-number-of-arguments',
    message,
    advice ?? typographicQuotes(node) ?? { detail: countDetail(spec) },
  );
}

/** Quotes of a word processor in UTF-8: for nginx they are letters, so the words between them are several arguments. */
function typographicQuotes({ file, start, wordsEnd }: Directive): Partial<Problem> | null {
  const found = [...file.text.slice(start, wordsEnd).matchAll(/\xe2\x80[\x9c\x9d]/g)];
  if (found.length === 0) return null;
  const edits = found.map(({ index }) => ({ file, start: start + index, end: start + index + 3, text: '"' }));
  return {
    detail: 'There are typographic quotes in it, which are letters to nginx: quotes are " and \'.',
    fixes: found.length % 2 === 0 ? [{ title: 'Write plain quotes', edits }] : [],
  };
}

/** A directive that nginx knows, but not in this context (ngx_conf_handler). */
export function notAllowedHere(
  name: string,
  found: readonly DirectiveSpec[],
  context: Context,
  specs: SpecTable,
): Problem {
  const here = inContext(specs.every(name), context);
  const later =
    here === null || here.commercial ? '' : ` In "${context}" it is known from nginx ${here.since} on.`;
  return problem('not-allowed-here', `"${name}" directive is not allowed here`, {
    word: -1,
    detail: `It may stand in ${placesOf(found)}; this is "${context}".${later}`,
  });
}

/** The directive of a module that is built apart, without its `load_module`. */
export function needsModule({ name, module }: DirectiveSpec): Problem {
  return problem('needs-module', `"${name}" directive is not allowed here`, {
    word: -1,
    severity: 'info',
    once: `module ${module}`,
    detail: `Here it belongs to ${module}: nginx knows it only after "load_module modules/${module}.so;".`,
  });
}

function countDetail({ name, counts, atLeast, block }: DirectiveSpec): string {
  const what = (count: number): string => (count === 1 ? '1 argument' : `${count} arguments`);
  const tail = block ? ' before its block' : '';
  if (counts === null) return `"${name}" takes at least ${what(atLeast ?? 0)}${tail}.`;
  if (counts.length === 1)
    return `"${name}" takes ${counts[0] === 0 ? 'no arguments' : what(counts[0]!)}${tail}.`;
  return `"${name}" takes ${counts.slice(0, -1).join(', ')} or ${what(counts.at(-1)!)}${tail}.`;
}
