import { Builder } from './builder.ts';
import { add, emptySet, foldCase, isAsciiLetter } from './byte-set.ts';
import { readClass, readPropertySet } from './character-class.ts';
import { readEscape } from './escape.ts';
import { addRecursion, readParenthesis } from './group-start.ts';
import { anyByte, escapeSets, notNewline, wordBytes } from './named-sets.ts';
import { maxGroupNumber, Option, Reader, Refusal } from './reader.ts';
import { readStartOptions } from './start-options.ts';
import type { AssertionKind, Node, Pattern, PatternError, RepeatNode } from './tree.ts';
import { verify } from './verify.ts';

const maxDepth = 250;

export type ParseResult =
  { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly error: PatternError };

/**
 * Reads a pattern as PCRE2 10.42 does with the options nginx gives it (none, or caseless): bytes, no UTF.
 * `text` is a latin1 byte string; nesting is bounded as PCRE2 bounds it, so any input terminates.
 */
export function parsePcre(text: string, options: { readonly caseless: boolean }): ParseResult {
  const reader = new Reader(text, options.caseless ? Option.caseless : 0);
  try {
    const startOptions = readStartOptions(reader);
    const builder = new Builder(reader);
    readItems(builder);
    const pattern: Pattern = {
      alternatives: builder.frames[0]!.alternatives,
      captureCount: reader.captures,
      names: builder.names,
      sharesNumbers: builder.sharesNumbers,
      startOptions,
    };
    const error = verify(pattern, text.length);
    return error === null ? { ok: true, pattern } : { ok: false, error };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: { code: error.code, offset: error.offset } };
    throw error;
  }
}

function readItems(builder: Builder): void {
  const { reader } = builder;
  let quoted = false;
  /** The repetition read last, while a `?` or `+` may still change it. */
  let quantifier: RepeatNode | null = null;
  while (!reader.ended) {
    if (builder.depth > maxDepth) reader.refuse(119);
    const char = reader.text[reader.at++]!;
    if (quoted) {
      if (char === '\\' && reader.peek() === 'E') {
        quoted = false;
        reader.at++;
        continue;
      }
      if (builder.expects !== 'nothing') reader.refuse(128, reader.at - 1);
      builder.push(literal(reader, char.charCodeAt(0)));
      quantifier = null;
      continue;
    }
    if (char === '\\' && (reader.peek() === 'Q' || reader.peek() === 'E')) {
      quoted = reader.peek() === 'Q';
      reader.at++;
      continue;
    }
    if (skipsComment(reader, char)) continue;
    const expected = builder.expects;
    if (expected !== 'nothing') checkCondition(reader, char, expected);
    builder.expects = 'nothing';
    const previous = quantifier;
    quantifier = null;
    const repeatable = builder.repeatable;
    builder.repeatable = false;
    if (previous !== null && (char === '?' || char === '+')) {
      previous.mode = char === '+' ? 'possessive' : reader.on(Option.ungreedy) ? 'greedy' : 'lazy';
      continue;
    }
    if (char === '(') readParenthesis(builder, expected);
    else if (char === ')') builder.close();
    else if (char === '|') builder.alternative();
    else if (char === '*' || char === '+' || char === '?' || char === '{')
      quantifier = readQuantifier(builder, char, repeatable);
    else readItem(builder, char);
  }
  if (builder.depth > 0) reader.refuse(114);
}

/** Comments `(?#…)`, and under `(?x)` white space and `#` to the end of the line. */
function skipsComment(reader: Reader, char: string): boolean {
  if (reader.on(Option.extended)) {
    if (/[\t-\r \x85]/.test(char)) return true;
    if (char === '#') {
      const end = reader.text.indexOf('\n', reader.at);
      reader.at = end === -1 ? reader.text.length : end + 1;
      return true;
    }
  }
  if (char !== '(' || !reader.text.startsWith('?#', reader.at)) return false;
  const end = reader.text.indexOf(')', reader.at + 1);
  if (end === -1) {
    reader.at = reader.text.length;
    reader.refuse(118);
  }
  reader.at = end + 1;
  return true;
}

/** After `(?(` only an assertion may follow (or one callout and then an assertion). */
function checkCondition(reader: Reader, char: string, expected: Builder['expects']): void {
  const rest = reader.text.slice(reader.at, reader.at + 3);
  const fits =
    char === '(' &&
    rest.length === 3 &&
    (/^\*[a-z]/.test(rest) ||
      /^\?[=!]/.test(rest) ||
      /^\?<[=!]/.test(rest) ||
      (expected === 'condition' && rest.startsWith('?C')));
  if (!fits) reader.refuse(128, reader.at - 1);
}

function readQuantifier(builder: Builder, char: string, repeatable: boolean): RepeatNode | null {
  const { reader } = builder;
  const at = reader.at - 1;
  const counts = char === '{' ? reader.repeatCounts() : shortQuantifiers[char]!;
  if (counts === null) {
    builder.push(literal(reader, 0x7b));
    return null;
  }
  if (!repeatable) reader.refuse(109, reader.at - 1);
  const body = builder.items.pop()!;
  const mode = reader.on(Option.ungreedy) ? 'lazy' : 'greedy';
  // PCRE2 tries a repeated assertion at most once.
  const once = body.type === 'look';
  const repeat: RepeatNode = {
    type: 'repeat',
    min: once ? Math.min(counts.min, 1) : counts.min,
    max: once ? Math.min(counts.max, 1) : counts.max,
    mode,
    body,
    at,
  };
  builder.push(repeat, false);
  return repeat;
}

const shortQuantifiers: Readonly<Record<string, { min: number; max: number }>> = {
  '*': { min: 0, max: Infinity },
  '+': { min: 1, max: Infinity },
  '?': { min: 0, max: 1 },
};

function readItem(builder: Builder, char: string): void {
  const { reader } = builder;
  switch (char) {
    case '\\':
      return readEscapeItem(builder);
    case '^':
      return builder.push(assertion(reader.on(Option.multiline) ? 'line-start' : 'start'), false);
    case '$':
      return builder.push(
        assertion(reader.on(Option.multiline) ? 'line-end' : 'end-or-final-newline'),
        false,
      );
    case '.':
      return builder.push({ type: 'set', bytes: reader.on(Option.dotAll) ? anyByte : notNewline });
    case '[': {
      const edge = reader.text.slice(reader.at, reader.at + 6);
      if (edge === '[:<:]]' || edge === '[:>:]]') {
        reader.at += 6;
        for (const node of wordEdge(edge === '[:>:]]')) builder.push(node);
        return;
      }
      return builder.push({ type: 'set', bytes: readClass(reader) });
    }
    default:
      return builder.push(literal(reader, char.charCodeAt(0)));
  }
}

function literal(reader: Reader, code: number): Node {
  if (!reader.on(Option.caseless) || !isAsciiLetter(code)) return { type: 'byte', code };
  const bytes = emptySet();
  add(bytes, code);
  foldCase(bytes);
  return { type: 'set', bytes };
}

function assertion(kind: AssertionKind): Node {
  return { type: 'assertion', kind };
}

/** `[[:<:]]` and `[[:>:]]`: a word boundary with a word after or before it. */
function wordEdge(behind: boolean): Node[] {
  return [
    assertion('word-boundary'),
    {
      type: 'look',
      behind,
      negative: false,
      atomic: true,
      alternatives: [[{ type: 'set', bytes: wordBytes }]],
      at: 0,
    },
  ];
}

const assertionEscapes: Readonly<Record<string, AssertionKind>> = {
  A: 'start',
  // nginx always matches from the start of the subject.
  G: 'start',
  z: 'end',
  Z: 'end-or-final-newline',
  b: 'word-boundary',
  B: 'not-word-boundary',
};

function readEscapeItem(builder: Builder): void {
  const { reader } = builder;
  const escape = readEscape(reader, false);
  if (escape.kind === 'byte') return builder.push(literal(reader, escape.code));
  if (escape.kind === 'reference') return addBackReference(builder, escape.to, reader.at - 1);
  const { letter } = escape;
  const edge = assertionEscapes[letter];
  if (edge !== undefined) return builder.push(assertion(edge), false);
  if (letter === 'K') return builder.push({ type: 'keep' }, false);
  if (letter === 'p' || letter === 'P')
    return builder.push({ type: 'set', bytes: readPropertySet(reader, letter) });
  if (letter === 'N') return builder.push({ type: 'set', bytes: notNewline });
  if (letter === 'C') return builder.push({ type: 'set', bytes: anyByte });
  if (letter === 'R') return builder.push({ type: 'line-end' });
  if (letter === 'X') return builder.push({ type: 'grapheme' });
  if (letter === 'g' || letter === 'k') return readNamedReference(builder, letter);
  builder.push({ type: 'set', bytes: escapeSets[letter]! });
}

function addBackReference(builder: Builder, to: { number: number } | { name: string }, offset: number): void {
  let at = offset;
  if ('number' in to && to.number < 10) {
    at = builder.firstReference.get(to.number) ?? offset;
    builder.firstReference.set(to.number, at);
  }
  builder.push({ type: 'backreference', to, caseless: builder.reader.on(Option.caseless), at });
}

const terminators: Readonly<Record<string, string>> = { '{': '}', '<': '>', "'": "'" };

/** `\k{name}`, `\k<name>`, `\g<name>`, `\g'1'`, `\g{name}`: references and calls. */
function readNamedReference(builder: Builder, letter: 'g' | 'k'): void {
  const { reader } = builder;
  const terminator = terminators[reader.peek() ?? ''];
  if (terminator === undefined) return reader.refuse(letter === 'g' ? 157 : 169);
  const calls = letter === 'g' && terminator !== '}';
  if (calls) {
    const start = reader.at++;
    let number: number | null;
    try {
      number = reader.number(maxGroupNumber, 161, reader.captures);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return reader.refuse(error.code, start);
    }
    if (number !== null) {
      if (reader.peek() !== terminator) reader.refuse(157, start);
      return addRecursion(builder, { number });
    }
    reader.at = start;
  }
  const { name, offset } = reader.groupName(terminator);
  if (calls) builder.push({ type: 'recursion', to: { name }, at: offset });
  else addBackReference(builder, { name }, offset);
}
