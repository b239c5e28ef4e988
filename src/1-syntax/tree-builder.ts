import type { IToken } from 'chevrotain';
import type {
  BlockCstNode,
  ClosingCstNode,
  DirectiveCstNode,
  OpeningCstNode,
  StatementsCstNode,
} from '../../grammar/generated/cst-types.ts';
import { PlainWord } from '../../grammar/tokens.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Directive, SyntaxProblem, Word } from './ast.ts';
import { blockDirective, rawDirective, simpleDirective } from './nodes.ts';
import { unclosedLua } from './lua-body.ts';
import { strayTerminator, unterminated, wordProblem } from './problems.ts';
import { shortestTooLong } from './word-length.ts';
import { plainWord, wordFrom } from './words.ts';

/** Problems of one file that are told; a file with more is no configuration, and is not read further. */
export const maxProblems = 1000;

/** A block whose `}` has not been read. */
export interface OpenBlock {
  /** Null for a `{` without words before it. */
  readonly name: Word | null;
  readonly args: readonly Word[];
  readonly open: number;
  readonly items: Directive[];
}

/**
 * Makes the syntax tree from the parser's trees, the only reader of which it is. Blocks may come whole, within
 * `statements`, or in parts: `opening`, what they hold, `closing`.
 */
export class TreeBuilder {
  readonly items: Directive[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly #file: SourceFile;
  readonly #openBlocks: OpenBlock[] = [];
  #current: Directive[] = this.items;
  /** Offset in the file from which the tokens at hand count. */
  #base = 0;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** Says from which offset the tokens of the trees to come count. */
  startPiece(base: number): void {
    this.#base = base;
  }

  /** @param next offset in the file of what stands behind the statements. */
  addStatements(node: StatementsCstNode, next: number): void {
    this.#readStatements(node, this.#current, next);
  }

  open({ children }: OpeningCstNode): void {
    const { Word: tokens, LeftBrace } = children;
    const open = this.#offset(LeftBrace[0]!);
    const items: Directive[] = [];
    if (tokens === undefined) {
      this.#report(strayTerminator(this.#file, '{', open));
      this.#openBlocks.push({ name: null, args: [], open, items });
    } else {
      this.#openBlocks.push({ name: this.#word(tokens[0]!), args: this.#arguments(tokens), open, items });
    }
    this.#current = items;
  }

  close({ children }: ClosingCstNode): void {
    const at = this.#offset(children.RightBrace[0]!);
    const block = this.#openBlocks.pop();
    this.#current = this.#openBlocks.at(-1)?.items ?? this.items;
    if (block !== undefined) this.#finishBlock(block, at, this.#current);
    // Where a directive before it lacks its ";", nginx has complained of this brace already.
    else if (!this.problems.some((found) => found.at === at))
      this.#report(strayTerminator(this.#file, '}', at));
  }

  /** Closes what the end of the file left open; says whether there was something. */
  finish(): boolean {
    const unfinished = this.#openBlocks.some(({ name }) => name !== null);
    while (this.#openBlocks.length > 0) {
      const block = this.#openBlocks.pop()!;
      this.#finishBlock(block, null, this.#openBlocks.at(-1)?.items ?? this.items);
    }
    return unfinished;
  }

  /** The directives of `node`, appended to `into`. Where what in it is no directive stands does not matter. */
  #readStatements({ children }: StatementsCstNode, into: Directive[], next: number): void {
    const { directive, block, Semicolon } = children;
    if (directive !== undefined) for (const node of directive) into.push(this.#directive(node, next));
    if (block !== undefined) for (const node of block) this.#blockWithoutWords(node);
    if (Semicolon !== undefined)
      for (const token of Semicolon) this.#report(strayTerminator(this.#file, ';', this.#offset(token)));
  }

  #directive({ children }: DirectiveCstNode, next: number): Directive {
    const file = this.#file;
    const { Word: tokens, Semicolon, block } = children;
    const name = this.#word(tokens[0]!);
    const args = this.#arguments(tokens);
    if (Semicolon !== undefined) {
      const at = this.#offset(Semicolon[0]!);
      return simpleDirective(file, name, args, at + 1, ';', at);
    }
    if (block !== undefined) return this.#block(name, args, block[0]!);
    const { LuaBody, OpenLuaBody } = children;
    if (LuaBody !== undefined) return this.#rawDirective(name, args, LuaBody[0]!, true);
    if (OpenLuaBody !== undefined) return this.#rawDirective(name, args, OpenLuaBody[0]!, false);
    // After a quote that the end of the file leaves open, nginx stands there already.
    if (this.problems.at(-1)?.at !== next) this.#report(unterminated(file, name, args, next));
    return simpleDirective(file, name, args, (args.at(-1) ?? name).end, '', next);
  }

  #rawDirective(name: Word, args: readonly Word[], token: IToken, closed: boolean): Directive {
    const open = this.#offset(token);
    if (!closed) this.#report(unclosedLua(this.#file, name, open));
    return rawDirective(this.#file, name, args, open, token.image, closed);
  }

  #block(name: Word, args: readonly Word[], { children }: BlockCstNode): Directive {
    const open = this.#offset(children.LeftBrace[0]!);
    const close = this.#offset(children.RightBrace[0]!);
    const items: Directive[] = [];
    this.#readStatements(children.statements[0]!, items, close);
    return blockDirective(this.#file, name, args, { items, open, close });
  }

  #blockWithoutWords({ children }: BlockCstNode): void {
    this.#report(strayTerminator(this.#file, '{', this.#offset(children.LeftBrace[0]!)));
    this.#readStatements(children.statements[0]!, [], this.#offset(children.RightBrace[0]!));
  }

  #finishBlock({ name, args, items, open }: OpenBlock, close: number | null, into: Directive[]): void {
    if (name !== null) into.push(blockDirective(this.#file, name, args, { items, open, close }));
  }

  /** The words behind the first. */
  #arguments(tokens: readonly IToken[]): readonly Word[] {
    const count = tokens.length - 1;
    const words: Word[] = new Array(count);
    for (let index = 0; index < count; index++) words[index] = this.#word(tokens[index + 1]!);
    return words;
  }

  #word(token: IToken): Word {
    const { image } = token;
    const start = this.#offset(token);
    const isShort = image.length < shortestTooLong;
    if (isShort && token.tokenType === PlainWord) return plainWord(image, start);
    const word = wordFrom(image, start);
    if (!isShort || word.quote !== '') {
      const found = wordProblem(this.#file, token, word);
      if (found !== null) this.#report(found);
    }
    return word;
  }

  #report(found: SyntaxProblem): void {
    if (this.problems.length < maxProblems) this.problems.push(found);
  }

  #offset(token: IToken): number {
    return this.#base + token.startOffset;
  }
}
