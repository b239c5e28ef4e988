import { lowerCase } from './lower-case.ts';

/** One text to look for, in lower case. */
export interface Search {
  readonly text: string;
  /** What stands in its place; asked for once. */
  replacement(): string;
}

/**
 * Replaces texts, whatever the case of their letters, in a body that comes in pieces (ngx_http_sub_parse). The leftmost match
 * counts, and where several begin there the first of the list; one that may still become whole with the next piece is waited for.
 * At most the longest text but one byte is kept.
 */
export class Substituter {
  readonly #searches: readonly Search[];
  readonly #once: boolean;
  readonly #replacements: (string | null)[];
  readonly #longest: number;
  /** Indexes of the texts that are still looked for. */
  #wanted: readonly number[];
  #pattern: RegExp;
  #held = '';

  /** @param once each text is replaced once only */
  constructor(searches: readonly Search[], once: boolean) {
    this.#searches = searches;
    this.#once = once;
    this.#replacements = searches.map(() => null);
    this.#longest = Math.max(...searches.map(({ text }) => text.length));
    this.#wanted = searches.map((_, index) => index);
    this.#pattern = patternOf(searches);
  }

  push(bytes: string, last: boolean): string {
    const text = this.#held + bytes;
    this.#held = '';
    let output = '';
    let from = 0;
    while (this.#wanted.length > 0) {
      this.#pattern.lastIndex = from;
      const match = this.#pattern.exec(text);
      const which = match === null ? -1 : match.indexOf(match[0], 1) - 1;
      // Before its last bytes, a text that began would be whole.
      const decided = last || (match !== null && match.index <= text.length - this.#longest);
      const waits = decided ? null : this.#incomplete(text, from);
      if (waits !== null && (match === null || isBefore(waits, match.index, which))) {
        this.#held = text.slice(waits.start);
        return output + text.slice(from, waits.start);
      }
      if (match === null) break;
      output += text.slice(from, match.index) + this.#replace(which);
      from = match.index + match[0].length;
    }
    return from === 0 ? text : output + text.slice(from);
  }

  #replace(position: number): string {
    const index = this.#wanted[position]!;
    const text = (this.#replacements[index] ??= this.#searches[index]!.replacement());
    if (this.#once) {
      this.#wanted = this.#wanted.filter((each) => each !== index);
      if (this.#wanted.length > 0)
        this.#pattern = patternOf(this.#wanted.map((each) => this.#searches[each]!));
    }
    return text;
  }

  /** The first place from which the end of `text` begins one of the texts. */
  #incomplete(text: string, from: number): Waiting | null {
    const first = Math.max(from, text.length - this.#longest + 1);
    const end = lowerCase(text.slice(first));
    for (let at = 0; at < end.length; at++) {
      const rest = end.slice(at);
      const position = this.#wanted.findIndex((index) => {
        const { text: wanted } = this.#searches[index]!;
        return wanted.length > rest.length && wanted.startsWith(rest);
      });
      if (position !== -1) return { start: first + at, position };
    }
    return null;
  }
}

/** A text that may begin at `start`; `position` among those that are looked for. */
interface Waiting {
  readonly start: number;
  readonly position: number;
}

function isBefore({ start, position }: Waiting, index: number, which: number): boolean {
  return start < index || (start === index && position < which);
}

/** A pattern with a group for each text. Only the letters of ASCII have two cases, so there is no flag for it. */
function patternOf(searches: readonly Search[]): RegExp {
  const one = ({ text }: Search): string =>
    text.replace(/[^]/g, (char) =>
      /[a-z]/.test(char) ? `[${char}${char.toUpperCase()}]` : /\w/.test(char) ? char : hexEscape(char),
    );
  return new RegExp(searches.map((each) => `(${one(each)})`).join('|'), 'g');
}

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
