import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Substituter } from '../../../src/engine/algorithms/substitute.ts';

const replace = (
  pairs: readonly (readonly [string, string])[],
  pieces: readonly string[],
  once = false,
): string => {
  const searches = pairs.map(([text, by]) => ({ text, replacement: () => by }));
  const substituter = new Substituter(searches, once);
  return pieces.map((each) => substituter.push(each, false)).join('') + substituter.push('', true);
};

describe('texts in a body', () => {
  it('are found whatever the case of their letters, those of ASCII', () => {
    expect(replace([['ab.\xe9', 'X']], ['aB.\xe9 ab.\xc9 abx\xe9'])).toBe('X ab.\xc9 abx\xe9');
  });
  it('are found where pieces of the body meet', () => {
    expect(replace([['abcd', 'X']], ['..a', 'b', 'cd.ab', 'ce.abc'])).toBe('..X.abce.abc');
  });
  it('are taken from the left, in the order of writing', () => {
    expect(
      replace(
        [
          ['ab', '1'],
          ['abc', '2'],
          ['bc', '3'],
        ],
        ['abcbc'],
      ),
    ).toBe('1c3');
    expect(
      replace(
        [
          ['abc', '2'],
          ['ab', '1'],
        ],
        ['abcab.'],
      ),
    ).toBe('21.');
  });
  it('are waited for before a later one, in vain at the end of the body', () => {
    expect(
      replace(
        [
          ['abcd', '1'],
          ['bc', '2'],
        ],
        ['abc', 'd'],
      ),
    ).toBe('1');
    expect(
      replace(
        [
          ['abcd', '1'],
          ['bc', '2'],
        ],
        ['abc', '.'],
      ),
    ).toBe('a2.');
  });
  it('are replaced once only where that is wanted, each for itself', () => {
    expect(
      replace(
        [
          ['a', '1'],
          ['b', '2'],
        ],
        ['aa', 'bb', 'ab'],
        true,
      ),
    ).toBe('1a2bab');
  });
  it('make the same of the same body, however it is cut', () => {
    const body = fc.array(fc.constantFrom('a', 'b', 'A', '.'), { maxLength: 30 });
    fc.assert(
      fc.property(body, fc.nat(30), (letters, cut) => {
        const text = `${letters.join('')}|`;
        const pairs = [
          ['abab', '1'],
          ['aab', '2'],
          ['b.', ''],
        ] as const;
        expect(replace(pairs, [text.slice(0, cut), text.slice(cut)])).toBe(replace(pairs, [text]));
      }),
    );
  });
});
