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

const control = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function visible(text: string): string {
  return text.replace(control, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** A path for people and for CI services: relative to the working directory when it is below it, with `/`. */
export function displayPath(file: string, workingDirectory: string): string {
  if (!path.isAbsolute(file)) return displayText(file.replace(/^\.\//, ''));
  const relative = path.relative(workingDirectory, file);
  const below = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return displayText((below ? relative : file).replaceAll(path.sep, '/'));
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
