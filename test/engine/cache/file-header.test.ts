import { describe, expect, test } from 'vitest';
import { cacheFileName, cacheKey } from '../../../src/engine/cache/cache-key.ts';
import type { CacheHeader } from '../../../src/engine/cache/file-header.ts';
import { headerStartOf, readHeader, writeStart } from '../../../src/engine/cache/file-header.ts';

const key = cacheKey('http://127.0.0.1:8081/t.html');
const header: CacheHeader = {
  validSec: 1_800_000_000,
  updatingSec: 30,
  errorSec: 60,
  lastModified: -1,
  date: 1_799_999_000,
  crc32: key.crc32,
  headerStart: headerStartOf(key),
  bodyStart: 500,
  etag: '"abc"',
  vary: 'Accept-Encoding',
  variant: '00112233445566778899aabbccddeeff',
};

describe('the key of an answer', () => {
  test('is a file below folders named by the last digits of its MD5', () => {
    expect(key.hash).toBe('f3f218007977e125dbf91caf14778c5d');
    const name = cacheFileName('/data/cache', [1, 2], 'b7f54b2df7773722d382f4809d65029c');
    expect(name).toBe('/data/cache/c/29/b7f54b2df7773722d382f4809d65029c');
    expect(cacheFileName('/data/cache', [], 'b7f5')).toBe('/data/cache/b7f5');
  });

  test('counts bytes, not characters', () => {
    expect(cacheKey('\xe9').hash).toBe('3406877694691ddd1dfb0aca54681407');
  });
});

describe('the header of a cache file', () => {
  const file = writeStart(header, key);

  test('says of a head whose end two bytes cannot tell what fits, as nginx does', () => {
    const long = writeStart({ ...header, bodyStart: 70_000 }, key);
    expect(readHeader(long, key, 131_072)).toMatchObject({ bodyStart: 70_000 - 65_536 });
  });

  test('is what nginx 1.31 writes on a 64-bit machine', () => {
    expect(file.length).toBe(headerStartOf(key));
    expect(file.slice(0, 8)).toBe('\x05\0\0\0\0\0\0\0');
    expect(file.slice(336)).toBe('\nKEY: http://127.0.0.1:8081/t.html\n');
    expect(Buffer.from(file, 'latin1').readUInt16LE(54)).toBe(336 + 6 + key.text.length + 1);
  });

  test('is read as it was written', () => {
    expect(readHeader(file, key, 4096)).toEqual(header);
  });

  test.each([
    ['is too small', 'crit', file.slice(0, 340), key, 4096],
    ['version mismatch', 'info', `\x04${file.slice(1)}`, key, 4096],
    ['has md5 collision', 'crit', file, cacheKey('http://127.0.0.1:8081/x.html'), 4096],
    ['has md5 collision', 'crit', file.replace('t.html', 'x.html'), key, 4096],
    ['has too long header', 'crit', file, key, 499],
    ['has incorrect vary length', 'crit', `${file.slice(0, 187)}\x81${file.slice(188)}`, key, 4096],
  ])('says of another file that it %s', (problem, level, text, asked, limit) => {
    expect(readHeader(text, asked, limit)).toEqual({ level, problem });
  });

  test('leaves out a tag that is too long', () => {
    const long = writeStart({ ...header, etag: 'x'.repeat(129) }, key);
    expect(readHeader(long, key, 4096)).toMatchObject({ etag: '' });
  });
});
