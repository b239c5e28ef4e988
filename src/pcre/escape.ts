import type { GroupReference } from './tree.ts';
import type { Reader, Refusal } from './reader.ts';
import { isDigit, maxGroupNumber } from './reader.ts';

/** What follows a backslash: a data byte, a letter with a meaning, or a reference. */
export type Escape =
  | { readonly kind: 'byte'; readonly code: number }
  /** `letter` is the one after the backslash; `g` and `k` still have their name or number in front of the reader. */
  | { readonly kind: 'letter'; readonly letter: string }
  | { readonly kind: 'reference'; readonly to: GroupReference };

const controls: Readonly<Record<string, number>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
};

const meaningful = 'ABCDEGHKNPQRSVWXZbdhkpsvwz';
/** Perl's case and name escapes, which PCRE2 names as unsupported. */
const perlOnly = 'FLUlu';

/**
 * Reads one escape, the reader being just after the backslash (pcre2_compile.c, check_escape).
 * Refuses what PCRE2 refuses.
 */
export function readEscape(reader: Reader, inClass: boolean): Escape {
  const char = reader.peek();
  if (char === undefined) return reader.refuse(101);
  reader.at++;
  if (!/[0-9A-Za-z]/.test(char)) return byte(char.charCodeAt(0));
  const control = controls[char];
  if (control !== undefined) return byte(control);
  if (meaningful.includes(char)) {
    if (char === 'N') checkAfterN(reader);
    return { kind: 'letter', letter: char };
  }
  if (perlOnly.includes(char)) return reader.refuse(137);
  if (char === 'g') return inClass ? byte(0x67) : readG(reader);
  if (char === 'o') return readBraced(reader, /[0-7]/, 8, 155, 164);
  if (char === 'x') return readHex(reader);
  if (char === 'c') return readControl(reader);
  if (isDigit(char)) return readDigits(reader, char, inClass);
  return reader.refuse(103, reader.at - 1);
}

function byte(code: number): Escape {
  return { kind: 'byte', code };
}

/** `\N{U+…}` wants UTF mode, `\N{name}` is unsupported, `\N{2,3}` is a quantified `\N`. */
function checkAfterN(reader: Reader): void {
  if (reader.peek() !== '{') return;
  const at = reader.at;
  if (reader.text.startsWith('U+', at + 1)) reader.refuse(193);
  reader.at = at + 1;
  try {
    if (reader.repeatCounts() === null) reader.refuse(137, at);
  } catch (refusal) {
    reader.refuse((refusal as Refusal).code, at);
  }
  reader.at = at;
}

function readG(reader: Reader): Escape {
  const next = reader.peek();
  if (next === undefined) return reader.refuse(157);
  if (next === '<' || next === "'") return { kind: 'letter', letter: 'g' };
  const start = reader.at;
  if (next === '{') reader.at++;
  let number: number | null;
  try {
    number = reader.number(maxGroupNumber, 161, reader.captures);
  } catch (refusal) {
    if (next === '{') reader.refuse((refusal as Refusal).code, start);
    throw refusal;
  }
  if (number === null) {
    reader.at = start;
    return next === '{' ? { kind: 'letter', letter: 'k' } : reader.refuse(157);
  }
  if (next === '{') {
    if (reader.peek() !== '}') reader.refuse(157, start);
    reader.at++;
  }
  if (number <= 0) reader.refuse(115);
  return { kind: 'reference', to: { number } };
}

/** `\1` to `\9`, `\8…`, `\9…` and numbers of groups that exist refer to a group; other digits are octal. */
function readDigits(reader: Reader, first: string, inClass: boolean): Escape {
  const start = reader.at;
  if (!inClass && first !== '0') {
    const all = /\d+/y;
    all.lastIndex = start - 1;
    const text = all.exec(reader.text)![0];
    const number = Number(text);
    if (number <= 214748363 && (number < 10 || first >= '8' || number <= reader.captures)) {
      reader.at = start - 1 + text.length;
      if (number > maxGroupNumber) reader.refuse(161);
      return { kind: 'reference', to: { number } };
    }
  }
  if (first >= '8') return byte(first.charCodeAt(0));
  let code = Number(first);
  for (let more = 0; more < 2 && /[0-7]/.test(reader.peek() ?? ''); more++)
    code = code * 8 + Number(reader.text[reader.at++]);
  if (code > 0xff) reader.refuse(151);
  return byte(code);
}

function readHex(reader: Reader): Escape {
  if (reader.peek() === '{') return readBraced(reader, /[0-9A-Fa-f]/, 16, 155, 167);
  let code = 0;
  for (let count = 0; count < 2 && /[0-9A-Fa-f]/.test(reader.peek() ?? ''); count++)
    code = code * 16 + Number.parseInt(reader.text[reader.at++]!, 16);
  return byte(code);
}

/** `\x{…}` and `\o{…}`; `noBrace` and `badDigit` are the errors for a missing brace and another character inside. */
function readBraced(reader: Reader, digit: RegExp, base: number, noBrace: number, badDigit: number): Escape {
  if (reader.ended) return reader.refuse(noBrace, reader.at - 1);
  if (reader.peek() !== '{') return reader.refuse(noBrace);
  reader.at++;
  if (reader.ended || reader.peek() === '}') return reader.refuse(178);
  let code = 0;
  for (; digit.test(reader.peek() ?? ''); reader.at++) {
    code = code * base + Number.parseInt(reader.peek()!, base);
    if (code <= 0xff) continue;
    while (digit.test(reader.peek() ?? '')) reader.at++;
    reader.refuse(134);
  }
  if (reader.peek() !== '}') return reader.refuse(badDigit, reader.at - (reader.ended ? 1 : 0));
  reader.at++;
  return byte(code);
}

function readControl(reader: Reader): Escape {
  const char = reader.peek();
  if (char === undefined) return reader.refuse(102);
  const code = char.toUpperCase().charCodeAt(0);
  if (char < ' ' || char > '~') return reader.refuse(168);
  reader.at++;
  return byte(code ^ 0x40);
}

/** The set of `\p…` or `\P…`: the text of the property without braces and `^`, and whether it is negated. */
export function readProperty(reader: Reader, letter: string): { name: string; negated: boolean } {
  const negatedByLetter = letter === 'P';
  if (reader.ended) return reader.refuse(146);
  const first = reader.text[reader.at++]!;
  if (first !== '{') {
    if (!/[A-Za-z]/.test(first)) return reader.refuse(146);
    return { name: first, negated: negatedByLetter };
  }
  const negatedInside = reader.peek() === '^';
  if (negatedInside) reader.at++;
  let name = '';
  for (;;) {
    if (reader.ended) return reader.refuse(146);
    const char = reader.text[reader.at++]!;
    if (char === '}') break;
    if (char === '\0') return reader.refuse(146);
    if (/[_\-\t-\r ]/.test(char)) continue;
    name += char;
    if (name.length >= 49) return reader.refuse(146);
  }
  return { name, negated: negatedByLetter !== negatedInside };
}
