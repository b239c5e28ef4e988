import type { Reader } from './reader.ts';

const words =
  /\(\*(UTF8?|UCP|NOTEMPTY|NOTEMPTY_ATSTART|NO_AUTO_POSSESS|NO_DOTSTAR_ANCHOR|NO_JIT|NO_START_OPT|CR|LF|CRLF|ANY|NUL|ANYCRLF|BSR_ANYCRLF|BSR_UNICODE)\)/y;
const limits = /\(\*LIMIT_(?:HEAP|MATCH|DEPTH|RECURSION)=/y;

/** Reads `(*UTF)`, `(*LIMIT_MATCH=…)` and the like at the very start of a pattern; the words, limits left out. */
export function readStartOptions(reader: Reader): string[] {
  const found: string[] = [];
  for (;;) {
    words.lastIndex = limits.lastIndex = reader.at;
    const word = words.exec(reader.text);
    if (word !== null) {
      reader.at += word[0].length;
      found.push(word[1]!.replace('UTF8', 'UTF'));
      continue;
    }
    const limit = limits.exec(reader.text);
    if (limit === null) return found;
    reader.at += limit[0].length;
    readLimit(reader);
  }
}

function readLimit(reader: Reader): void {
  const start = reader.at;
  let value = 0;
  for (; /\d/.test(reader.peek() ?? ''); reader.at++) {
    if (value > 0xffffffff / 10 - 1) reader.refuse(160);
    value = value * 10 + Number(reader.peek());
  }
  if (reader.at === start) reader.refuse(160);
  if (reader.peek() !== ')') reader.refuse(160, Math.min(reader.at + 1, reader.text.length));
  reader.at++;
}
