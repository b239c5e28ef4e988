import { createHash } from 'node:crypto';
import { interleaved } from './to64.ts';

const rounds = 1000;

/** MD5 crypt with the given magic, `$1$` or `$apr1$`; `setting` begins with it and goes on with the salt. */
export function md5Crypt(password: string, setting: string, magic: '$1$' | '$apr1$'): string {
  const key = Buffer.from(password, 'latin1');
  const saltText = /^[^$]{0,8}/.exec(setting.slice(magic.length))![0];
  const salt = Buffer.from(saltText, 'latin1');
  const alternate = md5(key, salt, key);
  const first: Uint8Array[] = [key, Buffer.from(magic), salt];
  for (let left = key.length; left > 0; left -= 16) first.push(alternate.subarray(0, Math.min(left, 16)));
  for (let bits = key.length; bits > 0; bits >>= 1)
    first.push((bits & 1) !== 0 ? Buffer.from([0]) : key.subarray(0, 1));
  let digest: Uint8Array = md5(...first);
  for (let round = 0; round < rounds; round++) {
    const odd = (round & 1) !== 0;
    const parts: Uint8Array[] = [odd ? key : digest];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(key);
    parts.push(odd ? digest : key);
    digest = md5(...parts);
  }
  return `${magic}${saltText}$${interleaved(digest, outputOrder)}`;
}

const outputOrder = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
  [-1, -1, 11],
] as const;

function md5(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
