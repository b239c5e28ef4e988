/** Bytes from standard base64; null where nginx refuses it (ngx_decode_base64). Reading ends at the first `=`. */
export function decodeBase64(text: string): string | null {
  return decode(text, /^[A-Za-z0-9+/]*$/);
}

/** Bytes from base64 with `-` and `_` (ngx_decode_base64url). */
export function decodeBase64Url(text: string): string | null {
  return decode(text, /^[A-Za-z0-9\-_]*$/);
}

function decode(text: string, alphabet: RegExp): string | null {
  const end = text.indexOf('=');
  const digits = end === -1 ? text : text.slice(0, end);
  if (!alphabet.test(digits) || digits.length % 4 === 1) return null;
  return Buffer.from(digits, 'base64').toString('latin1');
}

/** Standard base64 of bytes, with padding (ngx_encode_base64). */
export function encodeBase64(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64');
}
