import { compilePcre, pcreErrorMessage } from '../pcre/compile.ts';
import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';
import type { Subsystem } from './variables.ts';
import { subsystemOf, variablesOf } from './variables.ts';

export interface RegexOptions {
  readonly caseless: boolean;
  /** Index of the argument, for the position. */
  readonly word: number;
  readonly subsystem?: Subsystem;
  /** False for ngx_regex_compile, which makes no variables of named captures. */
  readonly variables?: boolean;
}

/** What is known of a pattern that was compiled. */
interface PatternFacts {
  /** nginx's complaint; null when the pattern is fine. */
  readonly message: string | null;
  readonly captures: number;
  readonly names: readonly string[];
}

/** Patterns repeat in large configurations, and compiling is the dearest check there is. */
const compiledSlot = new Slot('compiled patterns', () => new Map<string, PatternFacts>());

function factsOf(cx: CheckContext, pattern: string, caseless: boolean): PatternFacts {
  const compiled = cx.shared.get(compiledSlot);
  const key = `${caseless ? 'i' : ' '}${pattern}`;
  let facts = compiled.get(key);
  if (facts === undefined) {
    const result = compilePcre(pattern, { caseless });
    facts =
      result.ok === true
        ? { message: null, captures: result.captureCount, names: [...result.names.keys()] }
        : { message: result.ok === false ? pcreErrorMessage(pattern, result) : null, captures: 0, names: [] };
    compiled.set(key, facts);
  }
  return facts;
}

/** ngx_http_regex_compile: compiles a pattern and defines the variables of its named captures. */
export function compileRegex(cx: CheckContext, pattern: string, options: RegexOptions): Problem | null {
  const { message, names } = factsOf(cx, pattern, options.caseless);
  const { word } = options;
  if (message !== null) return problem('invalid-regex', message, { word });
  if (names.length === 0 || options.variables === false) return null;
  const variables = variablesOf(cx, options.subsystem ?? subsystemOf(cx));
  for (const name of names) {
    const refused = variables.define(name, cx.node, true) ?? variables.use(name, cx.node);
    if (refused !== null) return { ...refused, word };
  }
  return null;
}

/** Number of groups in a pattern that compiled. */
export function captureCount(cx: CheckContext, pattern: string, caseless: boolean): number {
  return factsOf(cx, pattern, caseless).captures;
}
