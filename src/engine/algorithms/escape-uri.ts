/** What a text is put into; each escapes other bytes (ngx_string.c, ngx_escape_uri). */
export type EscapeKind = 'uri' | 'args' | 'uri-component' | 'html' | 'refresh' | 'memcached';

const control = (code: number): boolean => code < 0x20 || code >= 0x7f;

/** 1 for each byte that is escaped. */
function table(listed: string, others: (code: number) => boolean): Uint8Array {
  const marks = new Uint8Array(256);
  for (let code = 0; code < 256; code++) if (others(code)) marks[code] = 1;
  for (let at = 0; at < listed.length; at++) marks[listed.charCodeAt(at)] = 1;
  return marks;
}

const unreserved = /[A-Za-z0-9\-._~]/;
const escaped: Readonly<Record<EscapeKind, Uint8Array>> = {
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
    if (listed[code] === 0) continue;
    result += `${text.slice(from, at)}%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
    from = at + 1;
  }
  return from === 0 ? text : result + text.slice(from);
}

/**
 * Decodes `%XX` (ngx_unescape_uri with type 0, as `$arg_`-like users and `rewrite` without a query do): a percent sign that
 * is not followed by two hexadecimal digits is dropped, with the digit before the bad character.
 */
export function unescapeUri(text: string): string {
  return text.includes('%') ? unescape(text, 'all').decoded : text;
}

/**
 * Decodes what may stand unescaped in a redirect (ngx_unescape_uri with NGX_UNESCAPE_REDIRECT), up to the first `?`, plain or
 * encoded; `rest` is what follows it, as it was.
 */
export function unescapeRedirect(text: string): Unescaped {
  return unescape(text, 'redirect');
}

interface Unescaped {
  readonly decoded: string;
  readonly rest: string;
}

function unescape(text: string, kind: 'all' | 'redirect'): Unescaped {
  let decoded = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '?' && kind === 'redirect') return { decoded: `${decoded}?`, rest: text.slice(at + 1) };
    if (char !== '%') {
      decoded += char;
      continue;
    }
    const high = hexDigit(text, at + 1);
    if (high === -1) {
      at++;
      if (at < text.length) decoded += text[at]!;
      continue;
    }
    const low = hexDigit(text, at + 2);
    at += 2;
    if (low === -1) continue;
    const code = high * 16 + low;
    if (code === 0x3f && kind === 'redirect') return { decoded: `${decoded}?`, rest: text.slice(at + 1) };
    const stays = kind === 'redirect' && (code <= 0x25 || code >= 0x7f);
    decoded += stays ? text.slice(at - 2, at + 1) : String.fromCharCode(code);
  }
  return { decoded, rest: '' };
}

function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
