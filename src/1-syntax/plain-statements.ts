import { isSpace } from '../../grammar/scan.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Directive, Word } from './ast.ts';
import { noArguments, simpleDirective } from './nodes.ts';
import { plainWord } from './words.ts';

const SEMICOLON = 59;

/** Words remembered at a time; a power of two. */
const remembered = 1 << 9;

/**
 * Makes directives of whole statements (`PlainStatements` in grammar/tokens.ts). A large configuration repeats its
 * words: those it has seen lately share one string, which costs no memory, and later look-ups by it no hashing.
 */
export class PlainStatementReader {
  readonly #file: SourceFile;
  readonly #text: string;
  /** The last word of each hash. */
  readonly #seen: (string | undefined)[] = Array.from<undefined>({ length: remembered });

  constructor(file: SourceFile) {
    this.#file = file;
    this.#text = file.text;
  }

  /** Appends the directives between two offsets of the file to `items`. */
  read(start: number, end: number, items: Directive[]): void {
    for (let at = start; at < end; at++) {
      at = skipSpace(this.#text, at, end);
      if (at === end) return;
      const name = this.#word(at);
      const args = this.#arguments(name.end);
      at = skipSpace(this.#text, (args.at(-1) ?? name).end, end);
      items.push(simpleDirective(this.#file, name, args, at + 1, ';', at));
    }
  }

  /** The words from `start` to the `;` behind them, in an array that is no larger: one that grew has room for seventeen. */
  #arguments(start: number): readonly Word[] {
    const text = this.#text;
    let at = skipSpace(text, start);
    if (text.charCodeAt(at) === SEMICOLON) return noArguments;
    const first = this.#word(at);
    at = skipSpace(text, first.end);
    if (text.charCodeAt(at) === SEMICOLON) return [first];
    const second = this.#word(at);
    at = skipSpace(text, second.end);
    if (text.charCodeAt(at) === SEMICOLON) return [first, second];
    const words = [first, second];
    for (; text.charCodeAt(at) !== SEMICOLON; at = skipSpace(text, words.at(-1)!.end))
      words.push(this.#word(at));
    return words.slice();
  }

  /** The word at `start`, which white space or `;` ends. */
  #word(start: number): Word {
    const text = this.#text;
    let hash = 0;
    let end = start;
    for (let code = text.charCodeAt(end); code > SEMICOLON || !endsWord(code); code = text.charCodeAt(++end))
      hash = (hash << 5) ^ (hash >>> 27) ^ code;
    const slot = (hash ^ (hash >>> 9) ^ (hash >>> 18)) & (remembered - 1);
    let value = this.#seen[slot];
    if (value === undefined || value.length !== end - start || !text.startsWith(value, start))
      this.#seen[slot] = value = text.slice(start, end);
    return plainWord(value, start);
  }
}

function endsWord(code: number): boolean {
  return code === SEMICOLON || isSpace(code);
}

function skipSpace(text: string, from: number, end = text.length): number {
  let at = from;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}
