import type { IToken } from 'chevrotain';
import type {
  BlockCstNode,
  ClosingCstNode,
  DirectiveCstNode,
  OpeningCstNode,
  StatementsCstNode,
} from '../../grammar/generated/cst-types.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Directive, SyntaxProblem, Word } from './ast.ts';
import { typedBlock } from './nodes.ts';
import { unclosedLua } from './lua-body.ts';
import { strayTerminator, unterminated, wordProblem } from './problems.ts';
import { shortestTooLong } from './word-length.ts';
import { wordFrom } from './words.ts';

/** Problems of one file that are told; a file with more is no configuration, and is not read further. */
export const maxProblems = 1000;

/** A block whose `}` has not been read. */
export interface OpenBlock {
  /** Empty for a `{` without words before it. */
  readonly words: readonly Word[];
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

  open(node: OpeningCstNode): void {
    const words = this.#words(node.children.Word ?? []);
    const open = this.#offset(node.children.LeftBrace[0]!);
    if (words.length === 0) this.#report(strayTerminator(this.#file, '{', open));
    this.#openBlocks.push({ words, open, items: [] });
    this.#current = this.#openBlocks.at(-1)!.items;
  }

  close(node: ClosingCstNode): void {
    for (const brace of node.children.RightBrace) {
      const at = this.#offset(brace);
      const block = this.#openBlocks.pop();
      if (block === undefined) {
        // Where a directive before it lacks its ";", nginx has complained of this brace already.
        if (this.problems.at(-1)?.at !== at) this.#report(strayTerminator(this.#file, '}', at));
        continue;
      }
      this.#current = this.#openBlocks.at(-1)?.items ?? this.items;
      this.#finishBlock(block, at, this.#current);
    }
  }

  /** Closes what the end of the file left open; says whether there was something. */
  finish(): boolean {
    const unfinished = this.#openBlocks.some(({ words }) => words.length > 0);
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
    const words = this.#words(children.Word);
    const name = words[0]!;
    const args = words.slice(1);
    const start = name.start;
    if (children.Semicolon !== undefined) {
      const at = this.#offset(children.Semicolon[0]!);
      return {
        type: 'simple',
        file,
        start,
        end: at + 1,
        name,
        args,
        terminator: ';',
        terminatorAt: at,
        block: null,
      };
    }
    if (children.block !== undefined) return this.#block(words, children.block[0]!);
    const body = children.LuaBody?.[0] ?? children.OpenLuaBody?.[0];
    if (body !== undefined) return this.#rawDirective(name, args, body, children.LuaBody !== undefined);
    const last = words.at(-1)!;
    this.#report(unterminated(file, words, next));
    return {
      type: 'simple',
      file,
      start,
      end: last.end,
      name,
      args,
      terminator: '',
      terminatorAt: next,
      block: null,
    };
  }

  #rawDirective(name: Word, args: readonly Word[], token: IToken, closed: boolean): Directive {
    const open = this.#offset(token);
    const end = open + token.image.length;
    const text = token.image.slice(1, closed ? -1 : undefined);
    if (!closed) this.#report(unclosedLua(this.#file, name, open));
    return {
      type: 'raw',
      file: this.#file,
      start: name.start,
      end,
      name,
      args,
      terminator: '{',
      terminatorAt: open,
      block: null,
      body: { start: open + 1, end: closed ? end - 1 : end, text },
    };
  }

  #block(words: readonly Word[], { children }: BlockCstNode): Directive {
    const open = this.#offset(children.LeftBrace[0]!);
    const close = this.#offset(children.RightBrace[0]!);
    const items: Directive[] = [];
    this.#readStatements(children.statements[0]!, items, close);
    return this.#blockDirective(words, open, close, items);
  }

  #blockWithoutWords({ children }: BlockCstNode): void {
    this.#report(strayTerminator(this.#file, '{', this.#offset(children.LeftBrace[0]!)));
    this.#readStatements(children.statements[0]!, [], this.#offset(children.RightBrace[0]!));
  }

  #finishBlock(block: OpenBlock, close: number | null, into: Directive[]): void {
    if (block.words.length > 0) into.push(this.#blockDirective(block.words, block.open, close, block.items));
  }

  #blockDirective(words: readonly Word[], open: number, close: number | null, items: Directive[]): Directive {
    return typedBlock({
      file: this.#file,
      start: words[0]!.start,
      end: close === null ? this.#file.text.length : close + 1,
      name: words[0]!,
      args: words.slice(1),
      terminator: '{',
      terminatorAt: open,
      block: { items, open, close },
    });
  }

  #words(tokens: readonly IToken[]): Word[] {
    const words: Word[] = new Array(tokens.length);
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      const word = wordFrom(token.image, this.#offset(token));
      words[index] = word;
      if (word.quote !== '' || token.image.length >= shortestTooLong) {
        const found = wordProblem(this.#file, token, word);
        if (found !== null) this.#report(found);
      }
    }
    return words;
  }

  #report(found: SyntaxProblem): void {
    if (this.problems.length < maxProblems) this.problems.push(found);
  }

  #offset(token: IToken): number {
    return this.#base + token.startOffset;
  }
}
