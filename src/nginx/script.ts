import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';
import type { Subsystem } from './variables.ts';
import { subsystemOf, variablesOf } from './variables.ts';

/** Texts that were compiled without complaint. */
const compiledSlots: Readonly<Record<Subsystem, Slot<Set<string>>>> = {
  http: new Slot('http texts', () => new Set<string>()),
  stream: new Slot('stream texts', () => new Set<string>()),
};

const variablePattern = /\$(\{)?(\w*)(\}?)/y;

/**
 * ngx_http_script_compile and ngx_stream_script_compile: text with variables. Registers what it reads, which is
 * looked up at the end of `http` or `stream`. `word` is the index of the argument, for the position; without
 * `captures`, `$1` is a name like others.
 */
export function compileScript(
  cx: CheckContext,
  text: string,
  word: number,
  subsystem: Subsystem = subsystemOf(cx),
  { captures = true }: { readonly captures?: boolean } = {},
): Problem | null {
  if (!text.includes('$')) return null;
  // What was compiled once says nothing new: a large configuration repeats itself.
  const known = cx.cycle.get(compiledSlots[subsystem]);
  if (known.has(text)) return null;
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at)) {
    variablePattern.lastIndex = at;
    const [, open, name = '', close] = variablePattern.exec(text)!;
    if (captures && open === undefined && /^[1-9]/.test(name)) {
      at += 2;
      continue;
    }
    const end = at + 1 + (open ?? '').length + name.length;
    // A lone `$` or `${` at the very end is no name; an unclosed bracket is told before an empty name.
    if (open !== undefined && at + 2 === text.length) return invalidName(word);
    if (open !== undefined && close === '')
      return problem('invalid-variable-name', `the closing bracket in "${name}" variable is missing`, {
        word,
      });
    if (name === '') return invalidName(word);
    const refused = variablesOf(cx, subsystem).use(name, cx.node);
    if (refused !== null) return { ...refused, word };
    at = open === undefined ? end : end + 1;
  }
  if (captures) known.add(text);
  return null;
}

function invalidName(word: number): Problem {
  return problem('invalid-variable-name', 'invalid variable name', {
    word,
    detail: 'A "$" starts the name of a variable; nginx has no escape for a literal "$" here.',
  });
}

/** Compiles argument `index` of the directive being read. */
export function compileArgument(cx: CheckContext, index: number): Problem | null {
  return compileScript(cx, cx.arg(index), index);
}

/** Compiles every argument of the directive being read from `from` on. */
export function compileArguments(cx: CheckContext, from = 0): Problem | null {
  for (let word = from; word < cx.values.length; word++) {
    const refused = compileArgument(cx, word);
    if (refused !== null) return refused;
  }
  return null;
}

/** ngx_http_script_variables_count: whether nginx treats the text as one with variables. */
export function hasVariables(text: string): boolean {
  return text.includes('$');
}
