import { cryptAlphabet } from './to64.ts';

/** DES's tables (FIPS 46-3), positions counted from 1. */
const initial = [58, 60, 62, 64, 57, 59, 61, 63].flatMap((first) =>
  Array.from({ length: 8 }, (_, column) => first - 8 * column),
);
const final = Array.from({ length: 8 }, (_, row) =>
  [40, 8, 48, 16, 56, 24, 64, 32].map((last) => last - row),
).flat();
const expansion = Array.from({ length: 8 }, (_, box) =>
  Array.from({ length: 6 }, (_unused, bit) => ((4 * box + bit + 31) % 32) + 1),
).flat();
const spread = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22,
  11, 4, 25,
];
const keyChoice = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
  63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];
const roundKeyChoice = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47,
  55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const shifts = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
/** The eight substitution boxes, row after row, one hexadecimal digit an entry. */
const boxes = [
  'e4d12fb83a6c5907' + '0f74e2d1a6cb9538' + '41e8d62bfc973a50' + 'fc8249175b3ea06d',
  'f18e6b34972dc05a' + '3d47f28ec01a69b5' + '0e7ba4d158c6932f' + 'd8a13f42b67c05e9',
  'a09e63f51dc7b428' + 'd709346a285ecbf1' + 'd6498f30b12c5ae7' + '1ad069874fe3b52c',
  '7de3069a1285bc4f' + 'd8b56f03472c1ae9' + 'a690cb7df13e5284' + '3f06a1d8945bc72e',
  '2c417ab6853fd0e9' + 'eb2c47d150fa3986' + '421bad78f9c5630e' + 'b8c71e2d6f09a453',
  'c1af92680d34e75b' + 'af427c9561de0b38' + '9ef528c3704a1db6' + '432c95fabe17608d',
  '4b2ef08d3c975a61' + 'd0b7491ae35c2f86' + '14bdc37eaf680592' + '6bd814a7950fe23c',
  'd2846fb1a93e50c7' + '1fd8a374c56b0e92' + '7b419ce206adf358' + '21e74a8dfc90356b',
].map((digits) => Array.from(digits, (digit) => Number.parseInt(digit, 16)));

type Bits = number[];
const select = (bits: Bits, table: readonly number[]): Bits => table.map((place) => bits[place - 1]!);

/**
 * Traditional crypt(3): the first eight characters of the password as the key of 25 DES encryptions of zeros, disturbed by
 * the two characters of salt at the start of `setting`. Null when those are not of crypt's alphabet.
 */
export function desCrypt(password: string, setting: string): string | null {
  const salt = setting.slice(0, 2);
  const saltBits = saltSwaps(salt);
  if (saltBits === null) return null;
  const keys = roundKeys(password);
  let block: Bits = new Array<number>(64).fill(0);
  for (let times = 0; times < 25; times++) block = encrypt(block, keys, saltBits);
  let text = salt;
  for (let at = 0; at < 64; at += 6) {
    let value = 0;
    for (let bit = 0; bit < 6; bit++) value = value * 2 + (block[at + bit] ?? 0);
    text += cryptAlphabet[value]!;
  }
  return text;
}

/** For each of the 24 expanded bits, whether it changes places with the one 24 further. */
function saltSwaps(salt: string): boolean[] | null {
  const values = Array.from(salt, (char) => cryptAlphabet.indexOf(char));
  if (values.length < 2 || values.includes(-1)) return null;
  return Array.from({ length: 24 }, (_, bit) =>
    bit < 12 ? ((values[bit < 6 ? 0 : 1]! >> (bit % 6)) & 1) === 1 : false,
  );
}

function roundKeys(password: string): Bits[] {
  const key: Bits = [];
  for (let char = 0; char < 8; char++) {
    const code = char < password.length ? password.charCodeAt(char) : 0;
    for (let bit = 6; bit >= 0; bit--) key.push((code >> bit) & 1);
    key.push(0);
  }
  const chosen = select(key, keyChoice);
  let left = chosen.slice(0, 28);
  let right = chosen.slice(28);
  return shifts.map((shift) => {
    left = [...left.slice(shift), ...left.slice(0, shift)];
    right = [...right.slice(shift), ...right.slice(0, shift)];
    return select([...left, ...right], roundKeyChoice);
  });
}

function encrypt(block: Bits, keys: readonly Bits[], swaps: readonly boolean[]): Bits {
  const start = select(block, initial);
  let left = start.slice(0, 32);
  let right = start.slice(32);
  for (const key of keys) {
    const mixed = substitute(right, key, swaps);
    [left, right] = [right, left.map((bit, index) => bit ^ mixed[index]!)];
  }
  return select([...right, ...left], final);
}

function substitute(half: Bits, key: Bits, swaps: readonly boolean[]): Bits {
  const expanded = select(half, expansion);
  for (let bit = 0; bit < 24; bit++)
    if (swaps[bit] === true) [expanded[bit], expanded[bit + 24]] = [expanded[bit + 24]!, expanded[bit]!];
  const output: Bits = [];
  for (let box = 0; box < 8; box++) {
    const bits = expanded.slice(6 * box, 6 * box + 6).map((bit, index) => bit ^ key[6 * box + index]!);
    const row = bits[0]! * 2 + bits[5]!;
    const column = bits[1]! * 8 + bits[2]! * 4 + bits[3]! * 2 + bits[4]!;
    const value = boxes[box]![row * 16 + column]!;
    for (let bit = 3; bit >= 0; bit--) output.push((value >> bit) & 1);
  }
  return select(output, spread);
}
