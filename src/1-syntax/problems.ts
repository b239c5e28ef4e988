import type { IToken } from 'chevrotain';
import { scanQuoted } from '../../grammar/scan.ts';
import { OpenQuote, UnseparatedQuote } from '../../grammar/tokens.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { SyntaxProblem, Word } from './ast.ts';
import { isGlued } from './braces.ts';
import { withItsLine } from './edit.ts';
import { problem, unexpected, unexpectedEnd } from './problem.ts';
import { longWord } from './word-length.ts';

const endOfStatement = '";" or "}"';

/** `;`, `{` or `}` where a directive's name should be. */
export function strayTerminator(file: SourceFile, byte: ';' | '{' | '}', at: number): SyntaxProblem {
  const { text } = file;
  const before = text.slice(0, at).trimEnd().length - 1;
  const endedEarly = byte === '{' && text[before] === ';';
  const wrong = endedEarly ? before : at;
  const place = { at, from: at, span: { start: wrong, end: wrong + 1 } };
  const gone = withItsLine(file, wrong, wrong + 1);
  const found = unexpected(byte, place, {
    detail: endedEarly
      ? 'The ";" before it ends the directive that should open the block.'
      : strayDetails[byte],
    fix: {
      title: `Remove the "${text[wrong]}"`,
      at: gone.start,
      remove: gone.end - gone.start,
      insert: '',
    },
  });
  return endedEarly ? { ...found, doubtFrom: wrong } : found;
}

const strayDetails = {
  ';': 'There is no directive for it to end.',
  '{': 'There is no directive for it to open a block of.',
  '}': 'No block is open here.',
};

/** A directive with nothing to end it: `}` or the end of the file stands at `next`. */
export function unterminated(
  file: SourceFile,
  name: Word,
  args: readonly Word[],
  next: number,
): SyntaxProblem {
  const last = args.at(-1) ?? name;
  const place = { at: next, from: next, span: { start: name.start, end: last.end } };
  const glued = isGlued(last);
  const at = glued ? last.end - 1 : last.end;
  const details = {
    detail: glued
      ? `nginx takes "}" for a part of the word "${brief(last)}": nothing ends "${brief(name)}" before it.`
      : `Nothing ends the directive "${brief(name)}": its ";" is missing.`,
    fix: { title: glued ? 'Put ";" before the "}"' : 'Insert the missing ";"', at, remove: 0, insert: ';' },
  };
  return next < file.text.length
    ? unexpected('}', place, details)
    : unexpectedEnd(endOfStatement, place, details);
}

/** A word as a sentence can hold it. */
function brief({ value }: Word): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}

/** What nginx says of a word that is not closed as it should be, or too long. */
export function wordProblem(file: SourceFile, token: IToken, word: Word): SyntaxProblem | null {
  const { text } = file;
  const type = token.tokenType;
  if (type !== UnseparatedQuote && type !== OpenQuote) return longWord(file, word, word.end);
  const close = scanQuoted(text, word.start);
  const end = close === -1 ? text.length : close;
  const tooLong = longWord(file, word, end);
  if (tooLong !== null) return { ...tooLong, ...quoteAdvice(file, word, close) };
  const span = { start: word.start, end: word.end };
  if (end === text.length)
    return unexpectedEnd(endOfStatement, { at: end, from: word.start, span }, quoteAdvice(file, word, close));
  return unexpected(text[end]!, { at: end, from: word.start, span }, quoteAdvice(file, word, close));
}

/** @param close offset behind the quote that closes the word for nginx, or -1. */
function quoteAdvice(
  file: SourceFile,
  word: Word,
  close: number,
): Pick<SyntaxProblem, 'span' | 'detail' | 'fix' | 'quotedUntil'> {
  const span = { start: word.start, end: word.end };
  if (close === word.end)
    return {
      span,
      detail: 'Behind a closing quote there must be white space, ";", "{" or ")".',
      fix: null,
      quotedUntil: null,
    };
  const where = close === -1 ? 'never closed' : `closed only on line ${file.lineAt(close - 1)}`;
  return {
    span,
    detail: `The quote that opens here is ${where}, so everything up to there is one word.`,
    fix: { title: `Insert the missing ${word.quote}`, at: word.end, remove: 0, insert: word.quote },
    quotedUntil: close === -1 ? file.text.length : close,
  };
}

/** What makes reading end before the end of the file; nginx may complain of something else on its way there. */
function unread(code: string, message: string, start: number): SyntaxProblem {
  const span = { start, end: start + 1 };
  const place = { at: start, from: start, span };
  return problem(`syntax/${code}`, `${message}; the rest of the file is not read`, place);
}

/** More levels of blocks than are read. */
export function nestedTooDeep(at: number, levels: number): SyntaxProblem {
  return unread('nested-too-deep', `blocks are nested more than ${levels} levels deep`, at);
}

/** More problems than are told. */
export function tooManyProblems(at: number): SyntaxProblem {
  return unread('too-many-problems', 'too many syntax errors', at);
}

/** A statement that goes on for longer than is read; complaints of its words come before. @param size of the file. */
export function tooLongStatement(start: number, size: number): SyntaxProblem {
  return { ...unread('too-long-statement', 'a statement has no end', start), at: size, from: size };
}
