/** MurmurHash2 of the bytes of a latin1 string, as an unsigned 32-bit number (ngx_murmurhash.c; split_clients). */
export function murmurHash2(data: string): number {
  const multiplier = 0x5bd1e995;
  let length = data.length;
  let hash = length;
  let at = 0;
  for (; length >= 4; at += 4, length -= 4) {
    let word =
      data.charCodeAt(at) |
      (data.charCodeAt(at + 1) << 8) |
      (data.charCodeAt(at + 2) << 16) |
      (data.charCodeAt(at + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    word = Math.imul(word, multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  if (length > 0) {
    for (let byte = length - 1; byte >= 0; byte--) hash ^= data.charCodeAt(at + byte) << (8 * byte);
    hash = Math.imul(hash, multiplier);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  hash ^= hash >>> 15;
  return hash >>> 0;
}
