import { scanBareWord } from '../../grammar/scan.ts';
import { unescapeWord } from './words.ts';

/** Bytes that may not begin a word without quotes. */
const opensOther = /^[\s"'#;{}]/;

/** The shortest way to write a word whose value is `value`: as it is where that works, else in quotes. */
export function quoteWord(value: string): string {
  return isBare(value) ? value : quoted(value, value.includes('"') && !value.includes("'") ? "'" : '"');
}

function isBare(value: string): boolean {
  if (value === '' || opensOther.test(value)) return false;
  return scanBareWord(`${value};`, 0) === value.length && unescapeWord(value) === value;
}

/** Escapes as little as nginx lets one, so that regular expressions stay readable. */
function quoted(value: string, quote: '"' | "'"): string {
  let text = '';
  for (let at = 0; at < value.length; at++) {
    const byte = value[at]!;
    if (byte === '\\' && at + 1 < value.length && !`"'\\trn`.includes(value[at + 1]!))
      text += byte + value[++at]!;
    else text += byte === '\\' || byte === quote ? `\\${byte}` : byte;
  }
  return quote + text + quote;
}
