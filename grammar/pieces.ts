import type { IToken, Lexer } from 'chevrotain';
import { isTerminator, longestQuote, OpenLuaBody, OpenQuote } from './tokens.ts';

/** Tokens of a stretch of text that begins and ends between statements. */
export interface Piece {
  /** Offset in the whole text from which the tokens' `startOffset` count. */
  readonly base: number;
  readonly tokens: IToken[];
  readonly comments: readonly IToken[];
  /** The last statement is longer than any that is read whole; the text is not read further. */
  readonly abandoned: boolean;
}

/** Large enough that few statements are read twice, small enough that tokens and tree of a piece die young. */
const pieceLength = 1 << 16;

/** A statement that is longer, up to its `;` or `{`, is not read to its end: as if the text ended there. */
const longestStatement = 1 << 23;

/** How much is read of a statement that nothing in the text can end. */
const longestUnended = 1 << 20;

/**
 * Reads `text` piece by piece, so that the tokens of a large file need not exist at once. A piece ends behind the
 * last `;`, `{` or `}` in it; what follows is read again with the next one.
 */
export function* lexPieces(lexer: Lexer, text: string): Generator<Piece> {
  const endings = /[;{}]/g;
  let base = 0;
  let length = pieceLength;
  while (base < text.length) {
    const { tokens, groups } = lexer.tokenize(text.slice(base, base + length));
    const comments = groups.comments!;
    if (base + length >= text.length) {
      yield { base, tokens, comments, abandoned: false };
      return;
    }
    const end = tokens.length === 0 ? endOfTrivia(comments, length) : endOfStatements(tokens, length);
    if (end > 0) {
      const [whole, told] = [tokens, comments].map((list) => list.slice(0, countBefore(list, end)));
      yield { base, tokens: whole!, comments: told!, abandoned: false };
      base += end;
      length = pieceLength;
    } else if (length < longestStatement || tokens.length === 0 || tokens.at(-1)!.tokenType === OpenLuaBody) {
      endings.lastIndex = base + length;
      const ending = endings.exec(text);
      if (ending === null && length >= longestUnended && tokens.length > 0) {
        yield { base, tokens, comments, abandoned: false };
        return;
      }
      length = Math.max(2 * length, (ending?.index ?? 0) + 1 - base);
    } else {
      yield { base, tokens, comments, abandoned: true };
      return;
    }
  }
}

/** Offset behind the last terminator that the cut at `length` cannot have made, or 0. */
function endOfStatements(tokens: readonly IToken[], length: number): number {
  const sure = firstDoubt(tokens, length);
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index]!;
    const end = token.startOffset + token.image.length;
    if (end < length && end <= sure && isTerminator(token)) return end;
  }
  return 0;
}

/** Where a quote stands whose closing one may lie behind the cut, or the cut. */
function firstDoubt(tokens: readonly IToken[], length: number): number {
  let sure = length;
  for (let index = tokens.length - 1; index >= 0; index--) {
    const { startOffset, tokenType } = tokens[index]!;
    if (startOffset + longestQuote < length) break;
    if (tokenType === OpenQuote) sure = startOffset;
  }
  return sure;
}

/** Where to go on in a piece of white space and comments alone: its last comment may not be complete. */
function endOfTrivia(comments: readonly IToken[], length: number): number {
  return comments.at(-1)?.startOffset ?? length;
}

function countBefore(tokens: readonly IToken[], offset: number): number {
  let count = tokens.length;
  while (count > 0 && tokens[count - 1]!.startOffset >= offset) count--;
  return count;
}
