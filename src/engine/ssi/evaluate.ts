/** Looks a variable up by its lower-case name; null when it is not found. */
export type Lookup = (name: string) => string | null;

/** A text with its variables replaced and `\\`, `\'`, `\"`, `\$` resolved (ngx_http_ssi_evaluate_string); `error` is for the log. */
export function evaluateText(
  text: string,
  lookup: Lookup,
): { readonly text: string } | { readonly error: string } {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '\\') {
      const next = text[at + 1];
      if (next === undefined) break;
      result += '\\\'"$'.includes(next) ? next : `\\${next}`;
      at += 2;
    } else if (char === '$') {
      const reference = /\$(?:\{(\w*)(\}?)|(\w*))/y;
      reference.lastIndex = at;
      const [whole, braced, closing, bare] = reference.exec(text)!;
      const name = braced ?? bare ?? '';
      if (braced !== undefined && closing === '' && at + whole.length >= text.length && name === '')
        return { error: `invalid variable name in "${text}"` };
      if (braced !== undefined && closing === '')
        return { error: `the closing bracket in "${name}" variable is missing` };
      if (name === '') return { error: `invalid variable name in "${text}"` };
      result += lookup(name.toLowerCase()) ?? '';
      at += whole.length;
    } else {
      result += char;
      at++;
    }
  }
  return { text: result };
}

/** An `expr` of `if`, taken apart; `pattern` tells that `right` stood between slashes. */
export interface Expression {
  readonly left: string;
  /** Null: only tests whether `left` is not empty. */
  readonly right: string | null;
  readonly negative: boolean;
  readonly pattern: boolean;
}

/** Reads `$var`, `$var = text`, `$var != /regex/` (ngx_http_ssi_if); null when it is none. */
export function parseExpression(text: string): Expression | null {
  const left = /^[\w${}"']*/.exec(text)![0];
  const rest = text.slice(left.length).replace(/^ +/, '');
  const test = { left: left.toLowerCase(), right: null, negative: false, pattern: false };
  if (rest === '') return test;
  const operator = /^!?=/.exec(rest)?.[0];
  if (operator === undefined) return null;
  const negative = operator === '!=';
  const right = rest.slice(operator.length).replace(/^ +/, '');
  if (right.length > 1 && right.startsWith('/')) {
    if (!right.endsWith('/')) return null;
    return { ...test, right: right.slice(1, -1), negative, pattern: true };
  }
  return { ...test, right: right.length > 2 ? right.replace(/^\\\//, '/') : right, negative };
}
