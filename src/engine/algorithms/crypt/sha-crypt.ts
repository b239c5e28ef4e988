import { createHash } from 'node:crypto';
import { interleaved } from './to64.ts';

interface Variant {
  readonly magic: string;
  readonly algorithm: 'sha256' | 'sha512';
  readonly size: number;
  readonly order: readonly (readonly [number, number, number])[];
}

/** The order in which the digest's bytes are printed turns by one place with each group of three. */
function turningOrder(third: number, groups: number, turn: 1 | 2): [number, number, number][] {
  return Array.from({ length: groups }, (_, index) => {
    const shift = (index * turn) % 3;
    const places = [index, index + third, index + 2 * third];
    return [places[shift]!, places[(shift + 1) % 3]!, places[(shift + 2) % 3]!];
  });
}

const variants: readonly Variant[] = [
  {
    magic: '$5$',
    algorithm: 'sha256',
    size: 32,
    order: [...turningOrder(10, 10, 2), [-1, 31, 30]],
  },
  {
    magic: '$6$',
    algorithm: 'sha512',
    size: 64,
    order: [...turningOrder(21, 21, 1), [-1, -1, 63]],
  },
];

/**
 * SHA-crypt (`$5$`, `$6$`) as in glibc and libxcrypt. `setting` is a stored hash or its beginning. Null when it begins with
 * neither, or asks for a number of rounds that crypt(3) refuses.
 */
export function shaCrypt(password: string, setting: string): string | null {
  const variant = variants.find(({ magic }) => setting.startsWith(magic));
  if (variant === undefined) return null;
  const parts = /^(?:rounds=(\d+)\$)?([^$]{0,16})/.exec(setting.slice(3))!;
  const asked = parts[1] === undefined ? 5000 : Number(parts[1]);
  const rounds = Math.min(Math.max(asked, 1000), 999_999_999);
  if (asked !== rounds) return null;
  const key = Buffer.from(password, 'latin1');
  const salt = Buffer.from(parts[2]!, 'latin1');
  const digest = derive(variant, key, salt, rounds);
  const roundsText = parts[1] === undefined ? '' : `rounds=${rounds}$`;
  return `${variant.magic}${roundsText}${parts[2]}$${interleaved(digest, variant.order)}`;
}

function derive({ algorithm, size }: Variant, key: Buffer, salt: Buffer, rounds: number): Buffer {
  const digestOf = (...pieces: readonly Uint8Array[]): Buffer => {
    const hash = createHash(algorithm);
    for (const piece of pieces) hash.update(piece);
    return hash.digest();
  };
  const stretched = (digest: Buffer, length: number): Buffer =>
    Buffer.concat(Array<Buffer>(Math.ceil(length / size)).fill(digest)).subarray(0, length);
  const alternate = digestOf(key, salt, key);
  const first = [key, salt, stretched(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) first.push((bits & 1) !== 0 ? alternate : key);
  let digest = digestOf(...first);
  const keys = stretched(digestOf(...Array<Buffer>(key.length).fill(key)), key.length);
  const salts = stretched(digestOf(...Array<Buffer>(16 + digest[0]!).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const odd = (round & 1) !== 0;
    const pieces = [odd ? keys : digest];
    if (round % 3 !== 0) pieces.push(salts);
    if (round % 7 !== 0) pieces.push(keys);
    pieces.push(odd ? digest : keys);
    digest = digestOf(...pieces);
  }
  return digest;
}
