import { describe, expect, it } from 'vitest';
import { catastrophicRepeat, literalPrefix, literalText } from '../../src/pcre/analyse.ts';
import { parsePcre } from '../../src/pcre/parse.ts';
import type { Pattern } from '../../src/pcre/tree.ts';

function tree(text: string, caseless = false): Pattern {
  const parsed = parsePcre(text, { caseless });
  if (!parsed.ok) throw new Error(text);
  return parsed.pattern;
}

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
  it('gives literal text', () => {
    expect(literalPrefix(tree('^/api/v[12]'))).toBe('/api/v');
    expect(literalText(tree('^/api$'))).toBe('/api');
    expect(literalText(tree('/a.i'))).toBeNull();
  });
});
