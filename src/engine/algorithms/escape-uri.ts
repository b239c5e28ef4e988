/** What a text is put into; each escapes other bytes (ngx_string.c, ngx_escape_uri). */
export type EscapeKind = 'uri' | 'args' | 'uri-component' | 'html' | 'refresh' | 'memcached';

const control = (code: number): boolean => code < 0x20 || code >= 0x7f;

function table(listed: string, others: (code: number) => boolean): boolean[] {
  return Array.from({ length: 256 }, (_, code) => others(code) || listed.includes(String.fromCharCode(code)));
}

const unreserved = /[A-Za-z0-9\-._~]/;
const escaped: Readonly<Record<EscapeKind, readonly boolean[]>> = {
  uri: table(' "#%<>?\\^`{|}', control),
  args: table(' "#%&+;<>?\\^`{|}', control),
  'uri-component': table('', (code) => !unreserved.test(String.fromCharCode(code)) || code >= 0x7f),
  html: table(' "#%\'<>\\^`{|}', control),
  refresh: table(' "\'<>\\^`{|~', control),
  memcached: table(' %', (code) => code < 0x20),
};

/** The text with the bytes that `kind` does not allow as `%XX`. */
export function escapeUri(text: string, kind: EscapeKind): string {
  const listed = escaped[kind];
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!listed[code]) continue;
    result += `${text.slice(from, at)}%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
    from = at + 1;
  }
  return from === 0 ? text : result + text.slice(from);
}

/**
 * Decodes `%XX` (ngx_unescape_uri with type 0, as `$arg_`-like users and `rewrite` without a query do): a percent sign that
 * is not followed by two hexadecimal digits is dropped, with the digit before the bad character.
 * `stopAtQuery` (NGX_UNESCAPE_URI) ends at the first `?`, which is kept.
 */
export function unescapeUri(text: string, stopAtQuery = false): string {
  if (!text.includes('%') && !stopAtQuery) return text;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '?' && stopAtQuery) return `${result}?`;
    if (char !== '%') {
      result += char;
      continue;
    }
    const high = hexDigit(text, at + 1);
    if (high === -1) {
      at++;
      if (at < text.length) result += text[at]!;
      continue;
    }
    const low = hexDigit(text, at + 2);
    at += 2;
    if (low === -1) continue;
    const code = high * 16 + low;
    result += String.fromCharCode(code);
    // nginx looks for an encoded question mark only where the second digit is a letter, as in `%3F`.
    if (code === 0x3f && stopAtQuery) return result;
  }
  return result;
}

/**
 * Decodes what may stand unescaped in a redirect (ngx_unescape_uri with NGX_UNESCAPE_REDIRECT), up to the first `?`, plain or
 * encoded; `rest` is what follows it, as it was.
 */
export function unescapeRedirect(text: string): { readonly decoded: string; readonly rest: string } {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '?') return { decoded: `${result}?`, rest: text.slice(at + 1) };
    if (char !== '%') {
      result += char;
      continue;
    }
    const high = hexDigit(text, at + 1);
    if (high === -1) {
      at++;
      if (at < text.length) result += text[at]!;
      continue;
    }
    const low = hexDigit(text, at + 2);
    at += 2;
    if (low === -1) continue;
    const code = high * 16 + low;
    if (code === 0x3f) return { decoded: `${result}?`, rest: text.slice(at + 1) };
    result += code > 0x25 && code < 0x7f ? String.fromCharCode(code) : text.slice(at - 2, at + 1);
  }
  return { decoded: result, rest: '' };
}

function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
