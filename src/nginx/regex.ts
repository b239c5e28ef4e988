import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import type { Subsystem } from './variables.ts';

/** ngx_http_regex_compile: compiles a pattern and defines the variables of its named captures. */
export function compileRegex(
  _cx: CheckContext,
  _pattern: string,
  _options: { readonly caseless: boolean; readonly word: number; readonly subsystem?: Subsystem },
): Problem | null {
  return null;
}
