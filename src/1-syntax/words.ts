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

/** A word without quotes and backslashes. */
export function plainWord(image: string, start: number): Word {
  return { start, end: start + image.length, value: image, quote: '' };
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
