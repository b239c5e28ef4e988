/** A set of byte values as 256 bits. */
export type ByteSet = Uint32Array;

/** A set with nothing in it. */
export function emptySet(): ByteSet {
  return new Uint32Array(8);
}

/** Whether the byte is in the set. */
export function has(set: ByteSet, code: number): boolean {
  return (set[code >> 5]! & (1 << (code & 31))) !== 0;
}

/** Adds a byte, in place. */
export function add(set: ByteSet, code: number): void {
  set[code >> 5]! |= 1 << (code & 31);
}

/** Adds the bytes from `first` to `last`, both included, in place. */
export function addRange(set: ByteSet, first: number, last: number): void {
  for (let code = first; code <= last; code++) add(set, code);
}

/** Adds what is in the other set, in place. */
export function addAll(set: ByteSet, other: ByteSet): void {
  for (let word = 0; word < 8; word++) set[word]! |= other[word]!;
}

/** All other bytes. */
export function complement(set: ByteSet): ByteSet {
  return set.map((word) => ~word);
}

/** Whether a byte is in both sets. */
export function intersects(left: ByteSet, right: ByteSet): boolean {
  return left.some((word, index) => (word & right[index]!) !== 0);
}

/** The set of these inclusive ranges. */
export function ofRanges(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = emptySet();
  for (const [first, last] of ranges) addRange(set, first, last);
  return set;
}

/** The inclusive ranges of the set, ascending. */
export function rangesOf(set: ByteSet): [number, number][] {
  const ranges: [number, number][] = [];
  for (let code = 0; code < 256; code++) {
    if (!has(set, code)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** Adds the other case of every ASCII letter in the set; PCRE2's default tables know no other letters. */
export function foldCase(set: ByteSet): void {
  for (let lower = 0x61; lower <= 0x7a; lower++) {
    if (has(set, lower)) add(set, lower - 32);
    else if (has(set, lower - 32)) add(set, lower);
  }
}

/** A to Z and a to z. */
export function isAsciiLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 0x61 && lower <= 0x7a;
}

/** A byte as it looks in ASCII lower case. */
export function lowerCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 32 : code;
}
