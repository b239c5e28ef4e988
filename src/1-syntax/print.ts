import type { Directive, ParsedFile, Word } from './ast.ts';

/** The file's text again, word by word from its tree, with what stands between them (white space, comments) kept. */
export function printFile({ file, items }: ParsedFile): string {
  return new Printer(file.text).print(items);
}

class Printer {
  readonly #text: string;
  #printed = '';
  /** Offset behind what was printed. */
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  print(items: readonly Directive[]): string {
    for (const item of items) this.#directive(item);
    this.#upTo(this.#text.length);
    return this.#printed;
  }

  #directive(directive: Directive): void {
    this.#word(directive.name);
    for (const word of directive.args) this.#word(word);
    if (directive.terminator !== '') this.#token(directive.terminatorAt, directive.terminator);
    if (directive.type === 'raw') {
      this.#token(directive.body.start, directive.body.text);
      if (directive.end > directive.body.end) this.#token(directive.body.end, '}');
    } else if (directive.block !== null) {
      for (const item of directive.block.items) this.#directive(item);
      if (directive.block.close !== null) this.#token(directive.block.close, '}');
    }
  }

  /** Words are printed as they were written: their value does not tell which of its bytes were escaped. */
  #word({ start, end }: Word): void {
    this.#token(start, this.#text.slice(start, end));
  }

  #token(start: number, image: string): void {
    this.#upTo(start);
    this.#printed += image;
    this.#at = start + image.length;
  }

  #upTo(offset: number): void {
    this.#printed += this.#text.slice(this.#at, offset);
    this.#at = offset;
  }
}
