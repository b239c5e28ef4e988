import type { CheckContext } from '../check-context.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileRegex } from '../regex.ts';
import { compileScript } from '../script.ts';
import { variablesOf } from '../variables.ts';

const patternOperators: ReadonlySet<string> = new Set(['~', '~*', '!~', '!~*']);
const fileTests: ReadonlySet<string> = new Set(['-f', '-d', '-e', '-x', '!-f', '!-d', '!-e', '!-x']);

function invalid(text: string, word: number, detail?: string): Problem {
  return problem('invalid-condition', `invalid condition "${text}"`, { word, detail });
}

/** ngx_http_rewrite_if_condition: the words between the parentheses of `if (…)`. */
export function checkCondition(cx: CheckContext): Problem | null {
  const words = [...cx.values];
  let last = words.length - 1;
  let at = 0;
  if (!words[0]!.startsWith('(')) return invalid(words[0]!, 0, 'A condition stands in parentheses.');
  if (words[0] === '(') at = 1;
  else words[0] = words[0]!.slice(1);
  if (!words[last]!.endsWith(')')) return invalid(words[last]!, last, 'A condition stands in parentheses.');
  if (words[last] === ')') last--;
  else words[last] = words[last]!.slice(0, -1);
  // An empty pair of parentheses leaves nginx with the word that it cut.
  const first = words[at] ?? '';
  if (first.length > 1 && first.startsWith('$')) return checkComparison(cx, words, at, last);
  if (/^!?-.$/s.test(first)) {
    if (at + 1 !== last) return invalid(first, at);
    const refused = compileScript(cx, words[last]!, last);
    return refused ?? (fileTests.has(first) ? null : invalid(first, at));
  }
  const detail = first.startsWith('$') ? undefined : 'It starts with a variable or with -f, -d, -e or -x.';
  return invalid(first, Math.min(at, cx.values.length - 1), detail);
}

function checkComparison(
  cx: CheckContext,
  words: readonly string[],
  at: number,
  last: number,
): Problem | null {
  if (at !== last && at + 2 !== last)
    return invalid(
      words[at]!,
      at,
      'It is one variable, or a variable, an operator and one value; a value with spaces needs quotes.',
    );
  const refused = variablesOf(cx, 'http').use(words[at]!.slice(1), cx.node);
  if (refused !== null || at === last) return refused;
  const operator = words[at + 1]!;
  if (operator === '=' || operator === '!=') return compileScript(cx, words[last]!, last);
  if (patternOperators.has(operator))
    return compileRegex(cx, words[last]!, { caseless: operator.endsWith('*'), word: last });
  const refusal = { word: at + 1, detail: 'The operators are =, !=, ~, ~*, !~ and !~*.' };
  const message = `unexpected "${operator}" in condition`;
  if (operator !== '==') return problem('invalid-condition', message, refusal);
  const { file, args } = cx.node;
  const { start, end } = args[at + 1]!;
  return problem('invalid-condition', message, {
    ...refusal,
    detail: 'nginx compares with a single "=".',
    fixes: [{ title: 'Write "="', edits: [{ file, start, end, text: '=' }] }],
  });
}
