import path from 'node:path';
import { decodeBytes } from '../text/source-file.ts';

/**
 * A byte string of the configuration, or a message that quotes one, as text for people: UTF-8 decoded, and control
 * characters written as `\x1b`, so that a configuration cannot drive the terminal or break a format's lines.
 */
export function displayText(bytes: string): string {
  return visible(decode(bytes));
}

/** Like {@link displayText}, keeping the line breaks of a longer text. */
export function displayLines(bytes: string): string[] {
  return decode(bytes).split('\n').map(visible);
}

/** Text that we wrote ourselves may hold characters beyond latin1; it is no byte string then. */
export function decode(bytes: string): string {
  return /[^\x00-\xff]/.test(bytes) ? bytes : decodeBytes(bytes);
}

// What one does not see is written out too: a no-break space or a byte order mark in a name is a mistake to be found.
const control = /[\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u2064\u2066-\u2069\ufeff]/g;

function visible(text: string): string {
  return text.replace(control, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many columns a terminal takes for the text: two for each wide character (UAX #11), none for a combining one. */
export function columns(text: string): number {
  if (!/[^\x00-\x7f]/.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += /\p{Mn}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return sum;
}

/** A path for people and for CI services: relative to the working directory when it is below it, with `/`. */
export function displayPath(file: string, workingDirectory: string): string {
  if (!path.isAbsolute(file)) return displayText(file.replace(/^\.\//, ''));
  const relative = path.relative(workingDirectory, file);
  const below = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return displayText((below ? relative : file).replaceAll(path.sep, '/'));
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
