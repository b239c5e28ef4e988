const table: Uint32Array = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The state of a CRC that has seen nothing. */
export const crc32Start = 0xffffffff;

/** Goes on with the bytes of a latin1 string. */
export function crc32Update(state: number, data: string): number {
  let crc = state;
  for (let at = 0; at < data.length; at++) crc = table[(crc ^ data.charCodeAt(at)) & 0xff]! ^ (crc >>> 8);
  return crc >>> 0;
}

/** Goes on with the four bytes of an unsigned number, low byte first. */
export function crc32UpdateWord(state: number, word: number): number {
  let crc = state;
  for (let shift = 0; shift < 32; shift += 8) crc = table[(crc ^ (word >>> shift)) & 0xff]! ^ (crc >>> 8);
  return crc >>> 0;
}

/** The checksum of what went into the state. */
export function crc32Finish(state: number): number {
  return (state ^ 0xffffffff) >>> 0;
}

/** CRC-32 (ISO 3309) of the bytes of a latin1 string; ngx_crc32_short and ngx_crc32_long give the same. */
export function crc32(data: string): number {
  return crc32Finish(crc32Update(crc32Start, data));
}
