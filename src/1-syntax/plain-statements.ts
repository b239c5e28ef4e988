import { isSpace } from '../../grammar/scan.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Directive, SimpleDirective, Word } from './ast.ts';
import { jsonOf, noArguments, noValues, type DirectiveJson } from './nodes.ts';
import { plainWord } from './words.ts';

const SEMICOLON = 59;

/** Statements, and words, remembered at a time; a power of two. */
const remembered = 1 << 9;

/** What directives that are written alike have in common. */
interface Wording {
  /** From the name to before the `;`. */
  readonly text: string;
  readonly keyword: string;
  readonly values: readonly string[];
}

/**
 * Makes directives of whole statements (`PlainStatements` in grammar/tokens.ts). A large configuration repeats its
 * statements, and in others its words: those it has seen lately share their strings, which costs no memory, and later
 * look-ups by them no hashing.
 */
export class PlainStatementReader {
  readonly #file: SourceFile;
  readonly #text: string;
  /** The last one of each hash. */
  readonly #wordings: (Wording | undefined)[] = Array.from<undefined>({ length: remembered });
  readonly #words: (string | undefined)[] = Array.from<undefined>({ length: remembered });

  constructor(file: SourceFile) {
    this.#file = file;
    this.#text = file.text;
  }

  /** Appends the directives between two offsets of the file to `items`. */
  read(start: number, end: number, items: Directive[]): void {
    const text = this.#text;
    for (let at = skipSpace(text, start, end); at < end; at = skipSpace(text, at + 1, end)) {
      const name = at;
      let hash = 0;
      for (let code = text.charCodeAt(at); code !== SEMICOLON; code = text.charCodeAt(++at))
        hash = (hash << 5) ^ (hash >>> 27) ^ code;
      items.push(new PlainStatement(this.#file, name, this.#wording(name, at, slotOf(hash)), at));
    }
  }

  #wording(start: number, end: number, slot: number): Wording {
    const known = this.#wordings[slot];
    if (known !== undefined && known.text.length === end - start && this.#text.startsWith(known.text, start))
      return known;
    const keyword = this.#word(start);
    const values = this.#values(start + keyword.length);
    return (this.#wordings[slot] = { text: this.#text.slice(start, end), keyword, values });
  }

  /** The words from `start` to the `;` behind them, in an array that is no larger: one that grew has room for seventeen. */
  #values(start: number): readonly string[] {
    const text = this.#text;
    let at = skipSpace(text, start);
    if (text.charCodeAt(at) === SEMICOLON) return noValues;
    const first = this.#word(at);
    at = skipSpace(text, at + first.length);
    if (text.charCodeAt(at) === SEMICOLON) return [first];
    const values = [first];
    while (text.charCodeAt(at) !== SEMICOLON) {
      const value = this.#word(at);
      values.push(value);
      at = skipSpace(text, at + value.length);
    }
    return values.slice();
  }

  /** The word at `start`, which white space or `;` ends. */
  #word(start: number): string {
    const text = this.#text;
    let hash = 0;
    let end = start;
    for (let code = text.charCodeAt(end); code > SEMICOLON || !endsWord(code); code = text.charCodeAt(++end))
      hash = (hash << 5) ^ (hash >>> 27) ^ code;
    const slot = slotOf(hash);
    const known = this.#words[slot];
    if (known !== undefined && known.length === end - start && text.startsWith(known, start)) return known;
    return (this.#words[slot] = text.slice(start, end));
  }
}

/**
 * Nearly every directive there is: words without quotes, `;`. A large configuration has a hundred thousand, and keeps
 * them all: what follows from other fields takes no memory, and looks the same to whoever reads it.
 */
class PlainStatement implements SimpleDirective {
  readonly file: SourceFile;
  readonly start: number;
  readonly keyword: string;
  readonly values: readonly string[];
  readonly terminatorAt: number;

  constructor(file: SourceFile, start: number, { keyword, values }: Wording, terminatorAt: number) {
    this.file = file;
    this.start = start;
    this.keyword = keyword;
    this.values = values;
    this.terminatorAt = terminatorAt;
  }

  get type(): 'simple' {
    return 'simple';
  }

  get name(): Word {
    return plainWord(this.keyword, this.start);
  }

  get args(): readonly Word[] {
    if (this.values.length === 0) return noArguments;
    const { text } = this.file;
    let at = this.start + this.keyword.length;
    return this.values.map((value) => {
      const start = skipSpace(text, at);
      at = start + value.length;
      return plainWord(value, start);
    });
  }

  get wordsEnd(): number {
    const { text } = this.file;
    let end = this.terminatorAt;
    while (isSpace(text.charCodeAt(end - 1))) end--;
    return end;
  }

  get end(): number {
    return this.terminatorAt + 1;
  }

  get terminator(): ';' {
    return ';';
  }

  get block(): null {
    return null;
  }

  toJSON(): DirectiveJson {
    return jsonOf(this);
  }
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 9) ^ (hash >>> 18)) & (remembered - 1);
}

function endsWord(code: number): boolean {
  return code === SEMICOLON || isSpace(code);
}

function skipSpace(text: string, from: number, end = text.length): number {
  let at = from;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}
