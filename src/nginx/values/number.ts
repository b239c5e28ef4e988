/** Numbers as nginx reads them (ngx_string.c, ngx_conf_file.c). Every function answers null where nginx has NGX_ERROR. */

const maxInt = 9223372036854775807n;

/** ngx_atoi, ngx_atosz, ngx_atoof: decimal digits alone, at most 2^63 - 1. */
export function parseNumber(text: string): number | null {
  if (!/^\d+$/.test(text)) return null;
  if (text.length > 18 && BigInt(text) > maxInt) return null;
  return Number(text);
}

/** ngx_atofp: a decimal fraction as an integer scaled by 10^`places`, e.g. `parseFixedPoint('0.5', 2)` is 50. */
export function parseFixedPoint(text: string, places: number): number | null {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null || text === '') return null;
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > places) return null;
  return parseNumber(whole + fraction.padEnd(places, '0') || '0');
}

/** ngx_hextoi. */
export function parseHex(text: string): number | null {
  return /^[\da-fA-F]{1,16}$/.test(text) ? Number.parseInt(text, 16) : null;
}
