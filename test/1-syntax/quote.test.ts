import fc from '../property.ts';
import { describe, expect, test } from 'vitest';
import { parseFile } from '../../src/1-syntax/parse.ts';
import { quoteWord } from '../../src/1-syntax/quote.ts';
import { SourceFile } from '../../src/text/source-file.ts';

describe('quoteWord', () => {
  test.each([
    ['plain', 'plain'],
    ['', '""'],
    ['a b', '"a b"'],
    ['${x}y', '${x}y'],
    ['x{2}', '"x{2}"'],
    ['\\.php$', '\\.php$'],
    ['\\.php {2}', '"\\.php {2}"'],
    ['say "hi"', '\'say "hi"\''],
    [`it's "x"`, `"it's \\"x\\""`],
    ['#x', '"#x"'],
    ['a#x', 'a#x'],
    ['}', '"}"'],
    ['a}', 'a}'],
    ['a\\', '"a\\\\"'],
    ['\\d', '\\d'],
    ['\\n', '"\\\\n"'],
  ])('writes the value %j as %s', (value, written) => {
    expect(quoteWord(value)).toBe(written);
  });

  test('is read back as the same value', () => {
    const soup = fc.string({ unit: fc.constantFrom(...' \n"\'\\\\\\$${}#;tnrabc\0\xff'), maxLength: 12 });
    fc.assert(
      fc.property(soup, (value) => {
        const { items, problems } = parseFile(new SourceFile('t', `a ${quoteWord(value)};`));
        expect(problems).toEqual([]);
        expect(items[0]!.args.map((word) => word.value)).toEqual([value]);
      }),
      { numRuns: 1000 },
    );
  });
});
