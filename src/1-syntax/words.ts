import type { Word } from './ast.ts';

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['t', '\t'],
  ['r', '\r'],
  ['n', '\n'],
]);

/** Resolves nginx's six escapes; a backslash before any other byte stays (ngx_conf_read_token). */
export function unescapeWord(text: string): string {
  return text.replace(/\\([^])/g, (both, next: string) => escapes.get(next) ?? both);
}

/** A word without quotes and backslashes; there are so many that what follows from its text takes no memory. */
class PlainWord implements Word {
  readonly start: number;
  readonly value: string;

  constructor(start: number, value: string) {
    this.start = start;
    this.value = value;
  }

  get end(): number {
    return this.start + this.value.length;
  }

  get quote(): '' {
    return '';
  }

  toJSON(): Word {
    const { start, end, value, quote } = this;
    return { start, end, value, quote };
  }
}

/** A word that stands at `start` as `image`, without quotes and backslashes. */
export function plainWord(image: string, start: number): Word {
  return new PlainWord(start, image);
}

/** The word that stands at `start` as `image`, quotes and escapes included. */
export function wordFrom(image: string, start: number): Word {
  const first = image.charCodeAt(0);
  const quote = first === 34 ? '"' : first === 39 ? "'" : '';
  let value = image;
  if (quote !== '') value = image.slice(1, image.length > 1 && image.endsWith(quote) ? -1 : undefined);
  if (value.includes('\\')) value = unescapeWord(value);
  return { start, end: start + image.length, value, quote };
}
