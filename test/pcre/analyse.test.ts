import { describe, expect, it } from 'vitest';
import {
  catastrophicRepeat,
  firstBytes,
  isAnchored,
  isAnchoredAtEnd,
  literalPrefix,
  literalText,
} from '../../src/pcre/analyse.ts';
import { rangesOf } from '../../src/pcre/byte-set.ts';
import { parsePcre } from '../../src/pcre/parse.ts';
import type { Pattern } from '../../src/pcre/tree.ts';

function tree(text: string, caseless = false): Pattern {
  const parsed = parsePcre(text, { caseless });
  if (!parsed.ok) throw new Error(text);
  return parsed.pattern;
}

describe('anchors', () => {
  it.each(['^a', '^(a|b)', '(^a|^b)', '\\Aa', '(?=x)^a'])('%s starts at the start', (text) => {
    expect(isAnchored(tree(text))).toBe(true);
  });
  it.each(['a', '^a|b', '(?m)^a', '.*a', 'x?^a'])('%s may start anywhere', (text) => {
    expect(isAnchored(tree(text))).toBe(false);
  });
  it('knows the end as well', () => {
    expect(isAnchoredAtEnd(tree('\\.(gif|png)$'))).toBe(true);
    expect(isAnchoredAtEnd(tree('a$|b'))).toBe(false);
  });
});

describe('catastrophic repetition', () => {
  it.each(['(a+)+$', '(\\w+\\s?)*$', '(.*,)+x', '([a-z]*)*x', '((a+)b?)*c', '(?:a*)+'])('%s', (text) => {
    expect(catastrophicRepeat(tree(text))).not.toBeNull();
  });
  it.each(['([a-z]+\\.)+$', '(?:/[^/]+)*$', '(a++)+', '(?>a+)+', '(ab+)+', 'a+b+', '([^,]*,)*'])(
    '%s is harmless',
    (text) => {
      expect(catastrophicRepeat(tree(text))).toBeNull();
    },
  );
});

describe('how a match begins', () => {
  it('gives the first bytes', () => {
    expect(rangesOf(firstBytes(tree('a|[0-9]x|b?c'))!)).toEqual([
      [0x30, 0x39],
      [0x61, 0x63],
    ]);
    expect(firstBytes(tree('a*'))).toBeNull();
  });
  it('gives literal text', () => {
    expect(literalPrefix(tree('^/api/v[12]'))).toBe('/api/v');
    expect(literalText(tree('^/api$'))).toBe('/api');
    expect(literalText(tree('/a.i'))).toBeNull();
  });
});
