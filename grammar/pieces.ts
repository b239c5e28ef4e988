import type { IToken, Lexer } from 'chevrotain';
import { isTerminator } from './tokens.ts';

/** Tokens of a stretch of text that begins and ends between statements. */
export interface Piece {
  /** Offset in the whole text from which the tokens' `startOffset` count. */
  readonly base: number;
  readonly tokens: IToken[];
  readonly comments: readonly IToken[];
}

/** Large enough that few statements are read twice, small enough that tokens and tree of a piece die young. */
const pieceLength = 1 << 16;

/**
 * Reads `text` piece by piece, so that the tokens of a large file need not exist at once. A piece ends behind the
 * last `;`, `{` or `}` in it; what follows is read again with the next one.
 */
export function* lexPieces(lexer: Lexer, text: string): Generator<Piece> {
  let base = 0;
  let length = pieceLength;
  while (base < text.length) {
    const isLast = base + length >= text.length;
    const { tokens, groups } = lexer.tokenize(text.slice(base, base + length));
    const comments = groups.comments!;
    if (isLast) {
      yield { base, tokens, comments };
      return;
    }
    const end = tokens.length === 0 ? endOfTrivia(comments, length) : endOfStatements(tokens, length);
    if (end === 0) {
      length *= 2;
      continue;
    }
    yield {
      base,
      tokens: tokens.slice(0, countBefore(tokens, end)),
      comments: comments.slice(0, countBefore(comments, end)),
    };
    base += end;
    length = pieceLength;
  }
}

/** Offset behind the last terminator that does not touch the cut at `length`, or 0. */
function endOfStatements(tokens: readonly IToken[], length: number): number {
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index]!;
    const end = token.startOffset + token.image.length;
    if (end < length && isTerminator(token)) return end;
  }
  return 0;
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
