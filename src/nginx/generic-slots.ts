import type { CheckContext } from './check-context.ts';
import { checkPath } from './paths.ts';
import type { Problem } from './problem.ts';
import { cString, directiveProblem, problem } from './problem.ts';
import { compileArgument, compileArguments, hasVariables } from './script.ts';
import type { DirectiveSpec, ValueKind } from './types.ts';
import { parseFlag } from './values/flag.ts';
import { parseNumber } from './values/number.ts';
import { parseOffset, parseSize } from './values/size.ts';
import { parseMilliseconds, parseSeconds } from '../text/time.ts';

/** The setters of ngx_conf_file.c (and their kin of ngx_http_script.c, ngx_file.c) that directives share. */

type Check = (cx: CheckContext, spec: DirectiveSpec) => Problem | null;

/** `"x" directive is duplicate` when it was accepted at this level before. */
export function duplicate(cx: CheckContext, ...otherNames: readonly string[]): Problem | null {
  let before = cx.block.first(cx.name);
  for (const name of otherNames) before ??= cx.block.first(name);
  if (before === undefined) return null;
  return directiveProblem(cx.name, 'duplicate', 'is duplicate', {
    detail: 'nginx takes it once at each level.',
    related: [{ file: before.file, span: before.name, message: 'first given here' }],
  });
}

/** `"x" directive invalid value` about argument `word`. */
export function invalidValue(cx: CheckContext, word = 0, text = 'invalid value', detail?: string): Problem {
  return directiveProblem(cx.name, 'invalid-value', text, { word, detail });
}

const sizeDetail = 'A size is a whole number of bytes, optionally with k or m.';
const offsetDetail = 'A size is a whole number of bytes, optionally with k, m or g.';
export const timeDetail =
  'A time is a whole number of seconds or has units, largest first: 1d 12h 30m 15s 500ms.';

function checkFlag(cx: CheckContext): Problem | null {
  const value = cString(cx.arg(0));
  if (parseFlag(value) !== null) return null;
  return problem(
    'invalid-value',
    `invalid value "${value}" in "${cx.name}" directive, it must be "on" or "off"`,
    { word: 0 },
  );
}

function checkNumber(cx: CheckContext, spec: DirectiveSpec): Problem | null {
  const value = parseNumber(cx.arg(0));
  if (value === null) return invalidValue(cx, 0, 'invalid number');
  return checkBounds(value, spec);
}

/** ngx_conf_check_num_bounds */
function checkBounds(value: number, spec: Pick<DirectiveSpec, 'bounds'>): Problem | null {
  if (spec.bounds === null) return null;
  const [low, high] = spec.bounds;
  if (high === null)
    return low === null || value >= low
      ? null
      : problem('invalid-value', `value must be equal to or greater than ${low}`, { word: 0 });
  if (value >= (low ?? 0) && value <= high) return null;
  return problem('invalid-value', `value must be between ${low ?? 0} and ${high}`, { word: 0 });
}

function checkEnum(cx: CheckContext, spec: DirectiveSpec): Problem | null {
  // The words of an add-on may be unknown.
  if (spec.enumValues === null) return null;
  return checkWord(cx, 0, spec.enumValues);
}

/** One word out of a list, whatever its case. */
export function checkWord(cx: CheckContext, index: number, words: readonly string[]): Problem | null {
  const value = cx.arg(index);
  if (words.includes(value)) return null;
  const folded = value.toLowerCase();
  if (words.some((word) => word.toLowerCase() === folded)) return null;
  return problem('invalid-value', `invalid value "${cString(value)}"`, {
    word: index,
    detail: words.length === 0 ? undefined : `It takes one of: ${words.join(', ')}.`,
  });
}

function checkBitmask(cx: CheckContext, spec: DirectiveSpec): Problem | null {
  const words = spec.enumValues;
  if (words === null) return null;
  const seen = new Set<string>();
  for (const before of cx.block.all(cx.name))
    for (const value of before.values) seen.add(value.toLowerCase());
  for (let index = 0; index < cx.values.length; index++) {
    const refused = checkWord(cx, index, words);
    if (refused !== null) return refused;
    const value = cx.arg(index);
    const folded = value.toLowerCase();
    if (seen.has(folded)) cx.warn('duplicate-value', `duplicate value "${value}"`, { word: index });
    seen.add(folded);
  }
  return null;
}

function checkBuffers(cx: CheckContext): Problem | null {
  if (!parseNumber(cx.arg(0))) return invalidValue(cx, 0, 'invalid value', 'The first argument is a number.');
  if (!parseSize(cx.arg(1))) return invalidValue(cx, 1, 'invalid value', sizeDetail);
  return null;
}

const accessPattern = /^(?:(?:user|group|all):(?:rw|r))$/;

/** ngx_conf_set_access_slot: file permissions such as `user:rw group:r`. */
function checkAccess(cx: CheckContext): Problem | null {
  for (let index = 0; index < cx.values.length; index++)
    if (!accessPattern.test(cx.arg(index)))
      return problem('invalid-value', `invalid value "${cx.arg(index)}"`, { word: index });
  return null;
}

function checkComplexSize(cx: CheckContext): Problem | null {
  const refused = compileArgument(cx, 0);
  if (refused !== null || hasVariables(cx.arg(0))) return refused;
  return parseSize(cx.arg(0)) === null ? invalidValue(cx, 0, 'invalid value', sizeDetail) : null;
}

/** ngx_http_types_slot */
function checkTypes(cx: CheckContext): Problem | null {
  const seen = new Set<string>(cx.name === 'charset_types' ? [] : ['text/html']);
  for (const before of cx.block.all(cx.name))
    for (const value of before.values) seen.add(value.toLowerCase());
  if (seen.has('*')) return null;
  for (let index = 0; index < cx.values.length; index++) {
    const type = cx.arg(index).toLowerCase();
    if (type === '*') return null;
    if (seen.has(type)) cx.warn('duplicate-mime-type', `duplicate MIME type "${type}"`, { word: index });
    seen.add(type);
  }
  return null;
}

const checks: Readonly<Record<ValueKind, Check>> = {
  custom: () => null,
  flag: checkFlag,
  num: checkNumber,
  size: (cx) => (parseSize(cx.arg(0)) === null ? invalidValue(cx, 0, 'invalid value', sizeDetail) : null),
  off: (cx) => (parseOffset(cx.arg(0)) === null ? invalidValue(cx, 0, 'invalid value', offsetDetail) : null),
  msec: (cx) =>
    parseMilliseconds(cx.arg(0)) === null ? invalidValue(cx, 0, 'invalid value', timeDetail) : null,
  sec: (cx) => (parseSeconds(cx.arg(0)) === null ? invalidValue(cx, 0, 'invalid value', timeDetail) : null),
  enum: checkEnum,
  bitmask: checkBitmask,
  str: () => null,
  str_array: () => null,
  keyval: () => null,
  bufs: checkBuffers,
  path: checkPath,
  access: checkAccess,
  complex: (cx) => compileArgument(cx, 0),
  complex_size: checkComplexSize,
  predicate: (cx) => compileArguments(cx),
  types: checkTypes,
};

/** Kinds whose setters refuse a second value; the tables do not tell it of removed directives and of add-ons. */
const singleValued: ReadonlySet<ValueKind> = new Set([
  'flag',
  'num',
  'size',
  'off',
  'msec',
  'sec',
  'enum',
  'str',
  'bufs',
]);

/** The check of a directive that needs no handler of its own: duplicates first, then the value. */
export function checkGeneric(cx: CheckContext, spec: DirectiveSpec): Problem | null {
  const once = spec.repeat === 'error' || (spec.repeat === 'unknown' && singleValued.has(spec.kind));
  const refused = once ? duplicate(cx) : null;
  return refused ?? checks[spec.kind](cx, spec);
}
