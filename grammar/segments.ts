import type { IToken } from 'chevrotain';
import type { ConfigurationParser } from './parser.ts';
import { isTerminator, LeftBrace, RightBrace } from './tokens.ts';

/** The rules that read a segment; `tooDeep` is the head of a block in too many others, with which reading ends. */
export type SegmentRule = keyof Pick<ConfigurationParser, 'statements' | 'opening' | 'closing'> | 'tooDeep';

/** Tokens that one rule of the parser reads. */
export interface Segment {
  readonly rule: SegmentRule;
  readonly tokens: IToken[];
  /** The token behind the segment; undefined at the end of the piece. */
  readonly next: IToken | undefined;
}

/** Levels of blocks that the parser reads recursively at most, which bounds its stack. */
const maxHeight = 32;

/**
 * Cuts pieces into what the parser reads at once. Blocks whose braces pair within the piece stay whole; other braces
 * become segments of their own. Ends before a block inside `maxDepth` others.
 */
export class Segmenter {
  readonly #maxDepth: number;
  /** Blocks opened by segments before. */
  #depth = 0;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  *cut(tokens: IToken[]): Generator<Segment> {
    const closings = pairBraces(tokens);
    /** Where the segment at hand begins, and in it the statement at hand. */
    let start = 0;
    let head = 0;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      if (token.tokenType === LeftBrace) {
        if (closings[index] !== 0 && this.#depth + maxHeight <= this.#maxDepth) {
          index = closings[index]!;
        } else {
          if (start < head) yield segment('statements', tokens, start, head);
          const tooDeep = this.#depth === this.#maxDepth;
          yield segment(tooDeep ? 'tooDeep' : 'opening', tokens, head, index + 1);
          if (tooDeep) return;
          this.#depth++;
          start = index + 1;
        }
      } else if (token.tokenType === RightBrace) {
        if (start < index) yield segment('statements', tokens, start, index);
        yield segment('closing', tokens, index, index + 1);
        this.#depth = Math.max(0, this.#depth - 1);
        start = index + 1;
      }
      if (isTerminator(tokens[index]!)) head = index + 1;
    }
    if (start < tokens.length) yield segment('statements', tokens, start, tokens.length);
  }
}

function segment(rule: SegmentRule, tokens: IToken[], start: number, end: number): Segment {
  return { rule, tokens: tokens.slice(start, end), next: tokens[end] };
}

/** For each `{` the index of its `}`, or 0 where there is none in `tokens` or too many levels lie between. */
function pairBraces(tokens: readonly IToken[]): Int32Array {
  const closings = new Int32Array(tokens.length);
  const open: number[] = [];
  const heights: number[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const type = tokens[index]!.tokenType;
    if (type === LeftBrace) {
      open.push(index);
      heights.push(1);
    } else if (type === RightBrace && open.length > 0) {
      const height = heights.pop()!;
      const left = open.pop()!;
      if (height <= maxHeight) closings[left] = index;
      const outer = heights.length - 1;
      if (outer >= 0) heights[outer] = Math.max(heights[outer]!, height + 1);
    }
  }
  return closings;
}
