import type { ByteSet } from './byte-set.ts';
import { add, addAll, addRange, complement, emptySet, foldCase } from './byte-set.ts';
import { readEscape, readProperty } from './escape.ts';
import { escapeSets, posixSets, propertySet } from './named-sets.ts';
import type { Reader } from './reader.ts';
import { Option } from './reader.ts';

/**
 * Reads `[…]`, the reader being just after the `[` (pcre2_compile.c, parse_regex, "Character class").
 * Letters are folded when the pattern ignores case at this place.
 */
export function readClass(reader: Reader): ByteSet {
  if (posixEnd(reader.text, reader.at) !== -1)
    reader.refuse(reader.peek() === ':' ? 112 : 113, reader.at - 1);
  const negated = readNegation(reader);
  const state: ClassState = { set: emptySet(), types: emptySet(), low: -1, range: false };
  let quoted = false;
  // The first item may be a `]`; `readNegation` stops in front of it.
  for (let first = true; ; first = false) {
    if (reader.ended) return reader.refuse(106);
    const char = reader.text[reader.at++]!;
    if (char === ']' && !first && !quoted) break;
    if (quoted) {
      if (char === '\\' && reader.peek() === 'E') {
        quoted = false;
        reader.at++;
      } else literal(reader, state, char.charCodeAt(0), reader.at - 1);
      continue;
    }
    if (reader.on(Option.extendedMore) && (char === ' ' || char === '\t')) continue;
    if (char === '[' && posixEnd(reader.text, reader.at) !== -1) readPosix(reader, state);
    else if (char === '-' && state.low >= 0 && !state.range) state.range = true;
    else if (char !== '\\') literal(reader, state, char.charCodeAt(0), reader.at - 1);
    else if (readClassEscape(reader, state) === 'quote') quoted = true;
  }
  if (state.range) add(state.set, 0x2d);
  if (reader.on(Option.caseless)) foldCase(state.set);
  addAll(state.set, state.types);
  return negated ? complement(state.set) : state.set;
}

/**
 * Single bytes and ranges, which fold, apart from the sets of `\d`, `[:upper:]` and the like, which do not.
 * `low` is the byte that may begin a range (-1: none), `range` that its `-` was read.
 */
interface ClassState {
  readonly set: ByteSet;
  readonly types: ByteSet;
  low: number;
  range: boolean;
}

/** Skips a leading `^`, and any `\E` and `\Q\E` around it. */
function readNegation(reader: Reader): boolean {
  let negated = false;
  for (;;) {
    if (reader.text.startsWith('\\E', reader.at)) reader.at += 2;
    else if (reader.text.startsWith('\\Q\\E', reader.at)) reader.at += 4;
    else if (reader.on(Option.extendedMore) && (reader.peek() === ' ' || reader.peek() === '\t')) reader.at++;
    else if (!negated && reader.peek() === '^') {
      negated = true;
      reader.at++;
    } else return negated;
  }
}

function literal(reader: Reader, state: ClassState, code: number, back = reader.at - 1): void {
  if (!state.range) {
    add(state.set, code);
    state.low = code;
    return;
  }
  if (state.low > code) reader.refuse(108, back);
  addRange(state.set, state.low, code);
  state.range = false;
  state.low = -1;
}

/** Offset of the `:` of a closing `:]` (or `.]`, `=]`) when `at` is on the `:` of `[:…`, else -1. */
function posixEnd(text: string, at: number): number {
  const terminator = text[at];
  if (terminator !== ':' && terminator !== '.' && terminator !== '=') return -1;
  for (let end = at + 1; text.length - end >= 2; end++) {
    const char = text[end];
    const next = text[end + 1];
    if (char === '\\' && (next === ']' || next === '\\')) end++;
    else if ((char === '[' && next === terminator) || char === ']') return -1;
    else if (char === terminator && next === ']') return end;
  }
  return -1;
}

function readPosix(reader: Reader, state: ClassState): void {
  const end = posixEnd(reader.text, reader.at);
  if (state.range) reader.refuse(150);
  if (reader.peek() !== ':') reader.refuse(113, reader.at - 1);
  reader.at++;
  const negated = reader.peek() === '^';
  if (negated) reader.at++;
  let name = reader.text.slice(reader.at, end);
  if (!Object.hasOwn(posixSets, name)) reader.refuse(130);
  if (reader.on(Option.caseless) && (name === 'upper' || name === 'lower')) name = 'alpha';
  const set = posixSets[name]!;
  reader.at = end + 2;
  refuseHyphen(reader);
  addAll(state.types, negated ? complement(set) : set);
  state.low = -1;
}

/** A hyphen after something that cannot begin a range is an error unless it ends the class. */
function refuseHyphen(reader: Reader): void {
  if (reader.peek() === '-' && reader.at < reader.text.length - 1 && reader.text[reader.at + 1] !== ']')
    reader.refuse(150);
}

function readClassEscape(reader: Reader, state: ClassState): 'quote' | undefined {
  const escape = readEscape(reader, true);
  if (escape.kind === 'byte') {
    literal(reader, state, escape.code);
    return undefined;
  }
  const letter = escape.kind === 'letter' ? escape.letter : '';
  if (letter === 'b') {
    literal(reader, state, 0x08);
    return undefined;
  }
  if (letter === 'Q') return 'quote';
  if (letter === 'E') return undefined;
  if ('BRX'.includes(letter)) reader.refuse(107, reader.at - 1);
  if (state.range) reader.refuse(150);
  state.low = -1;
  if (letter === 'N') reader.refuse(171);
  if (letter === 'p' || letter === 'P') addAll(state.types, readPropertySet(reader, letter));
  else if (Object.hasOwn(escapeSets, letter)) addAll(state.types, escapeSets[letter]!);
  else reader.refuse(107, reader.at - 1);
  refuseHyphen(reader);
  return undefined;
}

/** The set that `\p…` or `\P…` means, the reader being after the letter. */
export function readPropertySet(reader: Reader, letter: string): ByteSet {
  const { name, negated } = readProperty(reader, letter);
  const set = propertySet(name);
  if (set === null) return reader.refuse(147);
  return negated ? complement(set) : set;
}
