/** The alphabet of crypt(3). */
export const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `count` digits of a number, six bits each, low bits first. */
export function to64(value: number, count: number): string {
  let rest = value;
  let text = '';
  for (let digit = 0; digit < count; digit++) {
    text += cryptAlphabet[rest & 63]!;
    rest >>>= 6;
  }
  return text;
}

/** Bytes named by their indexes, three to four digits; missing indexes (-1) count as zero. */
export function interleaved(
  bytes: Uint8Array,
  order: readonly (readonly [number, number, number])[],
): string {
  return order
    .map(([high, middle, low]) => {
      const value = ((bytes[high] ?? 0) << 16) | ((bytes[middle] ?? 0) << 8) | (bytes[low] ?? 0);
      return to64(value, high >= 0 ? 4 : middle >= 0 ? 3 : 2);
    })
    .join('');
}
