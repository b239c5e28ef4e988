/** One character of a `charset_map`: a byte of the first charset and the bytes of the second for it. */
export interface CharsetMapEntry {
  readonly byte: number;
  readonly bytes: string;
}

/** Changes text piece by piece; an incomplete character at the end of a piece waits for the next. */
export type Recoder = (bytes: string) => string;

export const isUtf8 = (name: string): boolean => name.toLowerCase() === 'utf-8';

/**
 * Recoders of a `charset_map` in the order of its names, and back (ngx_http_charset_map_block). ASCII stays unless the
 * map says otherwise; what it does not name becomes `?`, or from UTF-8 a reference such as `&#8364;`.
 */
export function charsetRecoders(
  entries: readonly CharsetMapEntry[],
  toUtf8: boolean,
): { readonly there: () => Recoder; readonly back: () => Recoder } {
  const there = ascii();
  for (const { byte, bytes } of entries) there[byte] = bytes;
  if (toUtf8) {
    const codes = new Map<number, string>();
    for (const { byte, bytes } of entries) codes.set(decodeAt(bytes, 0).code, String.fromCharCode(byte));
    return { there: () => byTable(there), back: () => fromUtf8(codes) };
  }
  const back = ascii();
  for (const { byte, bytes } of entries) back[bytes.charCodeAt(0)] = String.fromCharCode(byte);
  return { there: () => byTable(there), back: () => byTable(back) };
}

function ascii(): string[] {
  return Array.from({ length: 256 }, (_, code) => (code < 0x80 ? String.fromCharCode(code) : '?'));
}

function byTable(table: readonly string[]): Recoder {
  return (bytes) => {
    let output = '';
    for (let at = 0; at < bytes.length; at++) output += table[bytes.charCodeAt(at)]!;
    return output;
  };
}

const invalid = -1;
const incomplete = -2;

/** The character of UTF-8 at `at` and where the next begins (ngx_utf8_decode). */
function decodeAt(bytes: string, at: number): { readonly code: number; readonly next: number } {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { code: first, next: at + 1 };
  if (first < 0xc2 || first >= 0xf8) return { code: invalid, next: at + 1 };
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (at + more >= bytes.length) return { code: incomplete, next: at };
  let code = first & (0x3f >> more);
  for (let next = at + 1; next <= at + more; next++) {
    const byte = bytes.charCodeAt(next);
    if (byte < 0x80) return { code: invalid, next: next + 1 };
    code = code * 64 + (byte & 0x3f);
  }
  const least = [0x7f, 0x7ff, 0xffff][more - 1]!;
  return { code: code > least && code <= 0x10ffff ? code : invalid, next: at + more + 1 };
}

function fromUtf8(codes: ReadonlyMap<number, string>): Recoder {
  let saved = '';
  return (bytes) => {
    const text = saved + bytes;
    saved = '';
    let output = '';
    for (let at = 0; at < text.length;) {
      const { code, next } = decodeAt(text, at);
      if (code === incomplete) {
        saved = text.slice(at);
        break;
      }
      if (code === invalid) output += '?';
      else output += code < 0x80 ? text[at]! : (codes.get(code) ?? `&#${code};`);
      at = next;
    }
    return output;
  };
}
