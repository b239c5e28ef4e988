import { isSpace } from '../../grammar/scan.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Directive, Word } from './ast.ts';
import { noArguments, simpleDirective } from './nodes.ts';

const SEMICOLON = 59;

/** Words remembered at a time; a power of two. */
const remembered = 1 << 9;

/**
 * Makes directives of whole statements (`PlainStatements` in grammar/tokens.ts). A large configuration repeats its
 * words: those it has seen lately share one string, which costs no memory, and later look-ups by it no hashing.
 */
export class PlainStatementReader {
  readonly #file: SourceFile;
  /** The last word of each hash. */
  readonly #seen: (string | undefined)[] = Array.from<undefined>({ length: remembered });

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** Appends the directives between two offsets of the file to `items`. */
  read(start: number, end: number, items: Directive[]): void {
    const { text } = this.#file;
    let name: Word | null = null;
    let args: Word[] | null = null;
    let at = start;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === SEMICOLON) {
        items.push(simpleDirective(this.#file, name!, args ?? noArguments, at + 1, ';', at));
        name = null;
        args = null;
        at++;
      } else if (isSpace(code)) {
        at++;
      } else {
        const word = this.#word(text, at);
        if (name === null) name = word;
        else if (args === null) args = [word];
        else args.push(word);
        at = word.end;
      }
    }
  }

  /** The word at `start`, which white space or `;` ends. */
  #word(text: string, start: number): Word {
    let hash = 0;
    let end = start;
    for (let code = text.charCodeAt(end); code !== SEMICOLON && !isSpace(code); code = text.charCodeAt(++end))
      hash = (hash << 5) ^ (hash >>> 27) ^ code;
    const slot = (hash ^ (hash >>> 9) ^ (hash >>> 18)) & (remembered - 1);
    let value = this.#seen[slot];
    if (value === undefined || value.length !== end - start || !text.startsWith(value, start))
      this.#seen[slot] = value = text.slice(start, end);
    return { start, end, value, quote: '' };
  }
}
