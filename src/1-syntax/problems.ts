import type { IToken } from 'chevrotain';
import { scanQuoted } from '../../grammar/scan.ts';
import { OpenQuote, UnseparatedQuote } from '../../grammar/tokens.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { SyntaxProblem, Word } from './ast.ts';
import type { OpenBlock } from './tree-builder.ts';

type Details = Partial<Pick<SyntaxProblem, 'detail' | 'fix'>>;
type Place = Pick<SyntaxProblem, 'at' | 'from' | 'span'>;

const endOfStatement = '";" or "}"';

/** A byte that may not stand where it does. nginx prints it as it is. */
function unexpected(byte: string, place: Place, details: Details = {}): SyntaxProblem {
  return problem('nginx/unexpected-token', `unexpected "${byte}"`, place, details);
}

/** The end of the file within a directive or a block (ngx_conf_file.c, ngx_conf_read_token and ngx_conf_parse). */
function unexpectedEnd(expecting: string, place: Place, details: Details = {}): SyntaxProblem {
  return problem('nginx/unexpected-end', `unexpected end of file, expecting ${expecting}`, place, details);
}

export function problem(code: string, message: string, place: Place, details: Details = {}): SyntaxProblem {
  return { code, message, detail: '', fix: null, ...place, ...details };
}

/** `;`, `{` or `}` where a directive's name should be. */
export function strayTerminator(byte: ';' | '{' | '}', at: number): SyntaxProblem {
  return unexpected(byte, { at, from: at, span: { start: at, end: at + 1 } });
}

/** A directive with nothing to end it: `}` or the end of the file stands at `next`. */
export function unterminated(file: SourceFile, words: readonly Word[], next: number): SyntaxProblem {
  const { end } = words.at(-1)!;
  const place = { at: next, from: next, span: { start: words[0]!.start, end } };
  const fix = { title: 'Insert ";"', at: end, remove: 0, insert: ';' };
  const name = words[0]!.value;
  const details = { fix, detail: `The directive "${name}" is not ended by ";".` };
  return next < file.text.length
    ? unexpected('}', place, details)
    : unexpectedEnd(endOfStatement, place, details);
}

/** Blocks that the end of the file left open. */
export function unclosedBlock(file: SourceFile, blocks: readonly OpenBlock[]): SyntaxProblem {
  const at = file.text.length;
  const { open } = blocks.at(-1)!;
  return unexpectedEnd('"}"', { at, from: at, span: { start: open, end: open + 1 } });
}

/** What nginx says of a quoted word that is not closed as it should be. */
export function wordProblem(file: SourceFile, token: IToken, word: Word): SyntaxProblem | null {
  if (token.tokenType !== UnseparatedQuote && token.tokenType !== OpenQuote) return null;
  const end = scanQuoted(file.text, word.start);
  const span = { start: word.start, end: word.end };
  const size = file.text.length;
  if (end === -1 || end === size) return unexpectedEnd(endOfStatement, { at: size, from: word.start, span });
  return unexpected(file.text[end]!, { at: end, from: word.start, span });
}
