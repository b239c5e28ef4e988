import { parseNumber } from './number.ts';

const scales: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function parseScaled(text: string, units: string): number | null {
  const unit = text.slice(-1).toLowerCase();
  const scale = units.includes(unit) && unit !== '' ? scales[unit]! : 1;
  const number = parseNumber(scale === 1 ? text : text.slice(0, -1));
  return number === null || (scale > 1 && number * scale >= 2 ** 63) ? null : number * scale;
}

/** ngx_parse_size: bytes, with `k` or `m`. Null when it is no size. */
export function parseSize(text: string): number | null {
  return parseScaled(text, 'km');
}

/** ngx_parse_offset: bytes, with `k`, `m` or `g`. Null when it is no offset. */
export function parseOffset(text: string): number | null {
  return parseScaled(text, 'kmg');
}
