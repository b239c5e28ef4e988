import { openLook, plainGroup, type Builder } from './builder.ts';
import { isDigit, maxGroupNumber, Option, type Reader } from './reader.ts';
import type { Condition } from './tree.ts';
import { openVerbOrNamedAssertion } from './verb.ts';

/**
 * Reads what follows a `(` and opens a group, or adds the item that the parentheses stand for (pcre2_compile.c,
 * parse_regex, "Opening parenthesis"). `expected` is the condition state before this item.
 */
export function readParenthesis(builder: Builder, expected: Builder['expects']): void {
  const { reader } = builder;
  const at = reader.at - 1;
  builder.repeatable = false;
  if (reader.ended) reader.refuse(114);
  if (reader.peek() === '*') return openVerbOrNamedAssertion(builder, at, expected);
  if (reader.peek() !== '?') {
    if (reader.on(Option.noAutoCapture)) builder.open(plainGroup('plain', at));
    else builder.openCapture(at, null);
    return;
  }
  reader.at++;
  if (reader.ended) reader.refuse(114);
  const next = reader.text[reader.at + 1];
  switch (reader.peek()) {
    case 'P':
      return readPython(builder, at);
    case 'R':
      reader.at++;
      if (reader.peek() !== ')') reader.refuse(158);
      return addRecursion(builder, { number: 0 });
    case '+':
      if (!isDigit(next)) reader.refuse(129);
      return recurseByNumber(builder);
    case '&':
      return recurseByName(builder);
    case 'C':
      return readCallout(builder, expected);
    case '(':
      return readCondition(builder, at);
    case '>':
      reader.at++;
      return builder.open(plainGroup('atomic', at));
    case '=':
    case '!':
    case '*': {
      const negative = reader.peek() === '!';
      const atomic = reader.peek() !== '*';
      reader.at++;
      return openLook(builder, { behind: false, negative, atomic, at }, expected);
    }
    case '<':
      if (next !== '=' && next !== '!' && next !== '*') return openNamed(builder, at, '>');
      reader.at += 2;
      return openLook(
        builder,
        { behind: true, negative: next === '!', atomic: next !== '*', at: reader.at - 4 },
        expected,
      );
    case "'":
      return openNamed(builder, at, "'");
    default:
      if (isDigit(reader.peek()) || (reader.peek() === '-' && isDigit(next))) return recurseByNumber(builder);
      return readOptions(builder, at);
  }
}

function openNamed(builder: Builder, at: number, terminator: string): void {
  const { name } = builder.reader.groupName(terminator);
  builder.openCapture(at, name);
}

function readPython(builder: Builder, at: number): void {
  const { reader } = builder;
  reader.at++;
  if (reader.ended) reader.refuse(114);
  if (reader.peek() === '<') return openNamed(builder, at, '>');
  if (reader.peek() === '>') return recurseByName(builder);
  if (reader.peek() !== '=') reader.refuse(141);
  const { name, offset } = reader.groupName(')');
  builder.push({
    type: 'backreference',
    to: { name },
    caseless: reader.on(Option.caseless),
    at: offset,
  });
}

function recurseByName(builder: Builder): void {
  const { name, offset } = builder.reader.groupName(')');
  builder.push({ type: 'recursion', to: { name }, at: offset });
}

function recurseByNumber(builder: Builder): void {
  const { reader } = builder;
  const relativeTo = isDigit(reader.peek()) ? -1 : reader.captures;
  const number = reader.number(maxGroupNumber, 161, relativeTo)!;
  if (reader.peek() !== ')') reader.refuse(114);
  addRecursion(builder, { number });
}

/** Adds a call of a group, the reader being on the closing `)`. */
export function addRecursion(builder: Builder, to: { number: number }): void {
  const at = builder.reader.at++;
  builder.push({ type: 'recursion', to, at });
}

const optionLetters: Readonly<Record<string, number>> = {
  i: Option.caseless,
  m: Option.multiline,
  n: Option.noAutoCapture,
  s: Option.dotAll,
  x: Option.extended,
  J: Option.duplicateNames,
  U: Option.ungreedy,
};

/** `(?|`, `(?i)`, `(?i-s:` and the like. */
function readOptions(builder: Builder, at: number): void {
  const { reader } = builder;
  const before = reader.options;
  if (reader.peek() === '|') {
    reader.at++;
    builder.sharesNumbers = true;
    return builder.open(plainGroup('plain', at), { reset: true });
  }
  const changed = optionChanges(reader);
  if (reader.ended) reader.refuse(114);
  reader.options = changed;
  if (reader.text[reader.at++] === ':') builder.open(plainGroup('plain', at), { savedOptions: before });
}

function optionChanges(reader: Reader): number {
  let options = reader.options;
  let set = 0;
  let unset = 0;
  let unsetting = false;
  let hyphenAllowed = true;
  if (reader.peek() === '^') {
    options &= Option.ungreedy | Option.duplicateNames;
    hyphenAllowed = false;
    reader.at++;
  }
  for (; !reader.ended && reader.peek() !== ')' && reader.peek() !== ':'; reader.at++) {
    const letter = reader.peek()!;
    if (letter === '-') {
      if (!hyphenAllowed) reader.refuse(194);
      hyphenAllowed = false;
      unsetting = true;
      continue;
    }
    if (!Object.hasOwn(optionLetters, letter)) reader.refuse(111);
    let bits = optionLetters[letter]!;
    if (letter === 'x' && reader.text[reader.at + 1] === 'x') {
      bits |= Option.extendedMore;
      reader.at++;
    }
    if (unsetting) unset |= bits;
    else set |= bits;
  }
  const setsPlainExtended = (set & Option.extended) !== 0 && (set & Option.extendedMore) === 0;
  if (setsPlainExtended || (unset & Option.extended) !== 0) unset |= Option.extendedMore;
  return (options | set) & ~unset;
}

/** Callouts call a function that nginx does not give: they match nothing, but are checked. */
function readCallout(builder: Builder, expected: Builder['expects']): void {
  const { reader } = builder;
  reader.at++;
  if (reader.ended) reader.refuse(114);
  if (expected === 'condition') builder.expects = 'condition after callout';
  if (reader.peek() === ')' || isDigit(reader.peek())) {
    let number = 0;
    for (; isDigit(reader.peek());) {
      number = number * 10 + Number(reader.text[reader.at++]);
      if (number > 255) reader.refuse(138);
    }
  } else {
    const start = reader.at;
    const delimiter = calloutDelimiters[reader.peek()!];
    if (delimiter === undefined) reader.refuse(182);
    for (;;) {
      if (++reader.at >= reader.text.length) reader.refuse(181, start);
      if (reader.peek() === delimiter && reader.text[++reader.at] !== delimiter) break;
    }
  }
  if (reader.peek() !== ')') reader.refuse(139);
  reader.at++;
}

const calloutDelimiters: Readonly<Record<string, string>> = {
  '`': '`',
  "'": "'",
  '"': '"',
  '^': '^',
  '%': '%',
  '#': '#',
  $: '$',
  '{': '}',
};

function readCondition(builder: Builder, at: number): void {
  const { reader } = builder;
  reader.at++;
  if (reader.ended) reader.refuse(114);
  if (reader.peek() === '?' || reader.peek() === '*') {
    reader.at--;
    builder.expects = 'condition';
    return openConditional(builder, { kind: 'assertion' }, at);
  }
  const start = reader.at;
  const number = reader.number(maxGroupNumber, 161, reader.captures);
  if (number !== null) {
    if (number <= 0) reader.refuse(115);
    const offset = reader.at - 2;
    closeCondition(reader);
    return openConditional(builder, { kind: 'group', to: { number } }, offset);
  }
  if (/^VERSION[^)]/.test(reader.text.slice(start, start + 8)) && reader.text.length - start >= 10) {
    const value = readVersion(reader);
    closeCondition(reader);
    return openConditional(builder, { kind: 'constant', value }, at);
  }
  const { condition, offset } = namedCondition(reader);
  closeCondition(reader);
  openConditional(builder, condition, offset);
}

function openConditional(builder: Builder, condition: Condition, at: number): void {
  builder.open((alternatives) => ({ type: 'conditional', condition, alternatives, at }));
}

function closeCondition(reader: Reader): void {
  if (reader.peek() !== ')') reader.refuse(124);
  reader.at++;
}

/** `(?(VERSION>=10.4)`: decided when compiling, as PCRE2 10.42. */
function readVersion(reader: Reader): boolean {
  reader.at += 7;
  const orLater = reader.peek() === '>';
  if (orLater) reader.at++;
  if (reader.peek() !== '=') reader.refuse(179);
  reader.at++;
  if (!isDigit(reader.peek())) reader.refuse(179);
  const major = reader.number(1000, 179)!;
  if (reader.ended) reader.refuse(179);
  let minor = 0;
  if (reader.peek() === '.') {
    reader.at++;
    if (!isDigit(reader.peek())) reader.refuse(179);
    minor = Number(reader.text[reader.at++]) * 10;
    if (reader.ended) reader.refuse(179);
    if (isDigit(reader.peek())) minor += Number(reader.text[reader.at++]);
    if (reader.peek() !== ')') reader.refuse(179);
  }
  if (!orLater) return major === 10 && minor === 42;
  return major < 10 || (major === 10 && minor <= 42);
}

function namedCondition(reader: Reader): { condition: Condition; offset: number } {
  const ampersand = reader.peek() === 'R' && reader.text[reader.at + 1] === '&';
  let terminator = ')';
  if (ampersand) reader.at++;
  else if (reader.peek() === '<') terminator = '>';
  else if (reader.peek() === "'") terminator = "'";
  else reader.at--;
  const { name, offset } = reader.groupName(terminator);
  if (terminator !== ')') return { condition: { kind: 'group', to: { name } }, offset };
  reader.at--;
  if (ampersand) return { condition: { kind: 'recursion', name, ampersand }, offset };
  if (name === 'DEFINE') return { condition: { kind: 'define' }, offset };
  if (/^R\d*$/.test(name)) return { condition: { kind: 'recursion', name, ampersand }, offset };
  return { condition: { kind: 'group', to: { name } }, offset };
}
