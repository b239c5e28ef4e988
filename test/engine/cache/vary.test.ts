import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { variantHash } from '../../../src/engine/cache/vary.ts';

const main = '0123456789abcdef0123456789abcdef';
const hash = (vary: string, ...lines: string[]): string =>
  variantHash(
    main,
    vary,
    lines.flatMap((line) => {
      const [name = '', value = ''] = line.split(/: ?(.*)/);
      return [name, name.toLowerCase(), value];
    }),
  );

describe('the hash of a variant', () => {
  test('is over the key, and each name with what the request says', () => {
    const expected = createHash('md5').update(main, 'hex').update('accept:a,b\r\nx-y:\r\n').digest('hex');
    expect(hash('Accept, X-Y', 'Accept: a', 'Accept: b')).toBe(expected);
  });

  test('does not depend on spaces in lists of charsets, codings and languages', () => {
    expect(hash('accept-encoding', 'Accept-Encoding: a,, b ,')).toBe(
      hash('Accept-Encoding', 'Accept-Encoding: a,b'),
    );
    expect(hash('accept', 'Accept: a, b')).not.toBe(hash('accept', 'Accept: a,b'));
    expect(hash('accept-encoding', 'Accept-Encoding: a,b')).not.toBe(
      hash('accept-encoding', 'Accept-Encoding: ab'),
    );
  });
});
