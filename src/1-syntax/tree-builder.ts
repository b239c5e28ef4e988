import type { IToken } from 'chevrotain';
import type { StatementReader } from '../../grammar/parser.ts';
import { LuaBody, PlainWord } from '../../grammar/tokens.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Directive, SyntaxProblem, Word } from './ast.ts';
import { argumentsOf, blockDirective, rawDirective, simpleDirective } from './nodes.ts';
import { unclosedLua } from './lua-body.ts';
import { PlainStatementReader } from './plain-statements.ts';
import { strayTerminator, unterminated, wordProblem } from './problems.ts';
import { shortestTooLong } from './word-length.ts';
import { plainWord, wordFrom } from './words.ts';

/** Problems of one file that are told; a file with more is no configuration, and is not read further. */
export const maxProblems = 1000;

/** A block whose `}` has not been read. */
interface OpenBlock {
  /** Null for a `{` without words before it, whose content is dropped. */
  readonly name: Word | null;
  readonly args: readonly Word[];
  readonly open: number;
  readonly items: Directive[];
}

/** Makes the syntax tree from what the parser tells. */
export class TreeBuilder implements StatementReader {
  readonly items: Directive[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly #file: SourceFile;
  readonly #plainStatements: PlainStatementReader;
  readonly #openBlocks: OpenBlock[] = [];
  /** Of the innermost open block. */
  #current: Directive[] = this.items;
  /** Of the statement at hand. */
  readonly #words: Word[] = [];
  /** Offset in the file from which the tokens at hand count. */
  #base = 0;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#plainStatements = new PlainStatementReader(file);
  }

  /** Says from which offset the tokens to come count. */
  startPiece(base: number): void {
    this.#base = base;
  }

  word(token: IToken): void {
    const { image } = token;
    const start = this.#base + token.startOffset;
    const isShort = image.length < shortestTooLong;
    if (isShort && token.tokenType === PlainWord) {
      this.#words.push(plainWord(image, start));
      return;
    }
    const word = wordFrom(image, start);
    this.#words.push(word);
    if (!isShort || word.quote !== '') {
      const found = wordProblem(this.#file, token, word);
      if (found !== null) this.#report(found);
    }
  }

  plain(token: IToken): void {
    const start = this.#base + token.startOffset;
    this.#plainStatements.read(start, start + token.image.length, this.#current);
  }

  end(token: IToken): void {
    const at = this.#base + token.startOffset;
    if (this.#words.length === 0) {
      this.#report(strayTerminator(this.#file, ';', at));
      return;
    }
    const name = this.#words[0]!;
    this.#current.push(simpleDirective(this.#file, name, this.#takeArguments(), at + 1, ';', at));
  }

  open(token: IToken): void {
    const open = this.#base + token.startOffset;
    const name = this.#words[0] ?? null;
    if (name === null) this.#report(strayTerminator(this.#file, '{', open));
    const items: Directive[] = [];
    this.#openBlocks.push({ name, args: this.#takeArguments(), open, items });
    this.#current = items;
  }

  close(token: IToken): void {
    const at = this.#base + token.startOffset;
    this.endStatements(at);
    const block = this.#openBlocks.pop();
    if (block !== undefined) this.#finishBlock(block, at);
    // Where a directive before it lacks its ";", nginx has complained of this brace already.
    else if (!this.problems.some((found) => found.at === at))
      this.#report(strayTerminator(this.#file, '}', at));
  }

  lua(token: IToken): void {
    const name = this.#words[0]!;
    const open = this.#base + token.startOffset;
    const closed = token.tokenType === LuaBody;
    if (!closed) this.#report(unclosedLua(this.#file, name, open));
    this.#current.push(rawDirective(this.#file, name, this.#takeArguments(), open, token.image, closed));
  }

  /** Says that statements end here. @param next offset in the file of what stands behind them. */
  endStatements(next: number): void {
    const name = this.#words[0];
    if (name === undefined) return;
    const args = this.#takeArguments();
    // After a quote that the end of the file leaves open, nginx stands there already.
    if (this.problems.at(-1)?.at !== next) this.#report(unterminated(this.#file, name, args, next));
    this.#current.push(simpleDirective(this.#file, name, args, (args.at(-1) ?? name).end, '', next));
  }

  /** Closes what the end of the file left open; says whether there was something. */
  finish(): boolean {
    const unfinished = this.#openBlocks.some(({ name }) => name !== null);
    while (this.#openBlocks.length > 0) this.#finishBlock(this.#openBlocks.pop()!, null);
    return unfinished;
  }

  #finishBlock({ name, args, items, open }: OpenBlock, close: number | null): void {
    this.#current = this.#openBlocks.at(-1)?.items ?? this.items;
    // A copy takes no more room than it needs.
    if (name !== null)
      this.#current.push(blockDirective(this.#file, name, args, { items: items.slice(), open, close }));
  }

  /** The words behind the first; the next statement may begin. */
  #takeArguments(): readonly Word[] {
    const args = argumentsOf(this.#words);
    this.#words.length = 0;
    return args;
  }

  #report(found: SyntaxProblem): void {
    if (this.problems.length < maxProblems) this.problems.push(found);
  }
}
