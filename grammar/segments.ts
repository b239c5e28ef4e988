import type { IToken } from 'chevrotain';
import type { ConfigurationParser } from './parser.ts';
import { isTerminator, LeftBrace, RightBrace } from './tokens.ts';

/** The rules that read a segment; `tooDeep` is the head of a block that is left out with all it holds. */
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
 * become segments of their own. Blocks inside `maxDepth` others are left out.
 */
export class Segmenter {
  readonly #maxDepth: number;
  #depth = 0;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  *cut(tokens: IToken[]): Generator<Segment> {
    const closings = pairBraces(tokens);
    let start = 0;
    let head = 0;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      if (!isTerminator(token)) continue;
      if (token.tokenType === LeftBrace) {
        if (this.#depth > this.#maxDepth) {
          this.#depth++;
        } else if (closings[index] !== 0 && this.#depth + maxHeight <= this.#maxDepth) {
          index = closings[index]!;
          head = index + 1;
          continue;
        } else {
          if (start < head) yield segment('statements', tokens, start, head);
          yield segment(this.#depth === this.#maxDepth ? 'tooDeep' : 'opening', tokens, head, index + 1);
          this.#depth++;
        }
        start = index + 1;
      } else if (token.tokenType === RightBrace) {
        if (this.#depth > this.#maxDepth) {
          this.#depth--;
        } else {
          if (start < index) yield segment('statements', tokens, start, index);
          let end = index + 1;
          while (this.#depth > 0 && tokens[end]?.tokenType === RightBrace) {
            end++;
            this.#depth--;
          }
          this.#depth = Math.max(0, this.#depth - 1);
          yield segment('closing', tokens, index, end);
          index = end - 1;
        }
        start = index + 1;
      } else if (this.#depth > this.#maxDepth) {
        start = index + 1;
      }
      head = index + 1;
    }
    if (start < tokens.length && this.#depth <= this.#maxDepth)
      yield segment('statements', tokens, start, tokens.length);
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
