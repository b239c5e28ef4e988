import fc from '../property.ts';
import { expect, test } from 'vitest';
import { applyEdits, hunksOf, overlap } from '../../src/diagnostics/edits.ts';
import { SourceFile } from '../../src/text/source-file.ts';

test('edits are made wherever they stand in the list, insertions at one point in order', () => {
  const edits = [
    { start: 5, end: 5, text: 'X' },
    { start: 0, end: 1, text: '' },
    { start: 5, end: 5, text: 'Y' },
  ];
  expect(applyEdits('abcdefg', edits)).toBe('bcdeXYfg');
});

test('insertions at one point do not overlap, touching replacements neither, crossing ones do', () => {
  expect(overlap({ start: 1, end: 1, text: '' }, { start: 1, end: 1, text: '' })).toBe(false);
  expect(overlap({ start: 1, end: 3, text: '' }, { start: 3, end: 4, text: '' })).toBe(false);
  expect(overlap({ start: 1, end: 3, text: '' }, { start: 2, end: 4, text: '' })).toBe(true);
});

test('an inserted line is a hunk that removes nothing', () => {
  const file = new SourceFile('x', 'a;\nb;\nc;\n');
  expect(hunksOf(file, [{ start: 5, end: 5, text: '\nnew;' }])).toEqual([
    { line: 3, removed: [], added: ['new;'] },
  ]);
  expect(hunksOf(file, [{ start: 0, end: 0, text: 'first;\n' }])).toEqual([
    { line: 1, removed: [], added: ['first;'] },
  ]);
});

test('applying the hunks to the lines gives what the edits give', () => {
  const lines = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 40 });
  fc.assert(
    fc.property(lines, fc.array(fc.tuple(fc.nat(40), fc.nat(6), lines), { maxLength: 4 }), (text, raw) => {
      const edits: { start: number; end: number; text: string }[] = [];
      let from = 0;
      for (const [start, length, inserted] of raw.toSorted((a, b) => a[0] - b[0])) {
        const begin = Math.min(Math.max(start, from), text.length);
        const end = Math.min(begin + length, text.length);
        edits.push({ start: begin, end, text: inserted });
        from = end + 1;
        if (from > text.length) break;
      }
      const expected = applyEdits(text, edits).split('\n');
      const result = text.split('\n');
      for (const hunk of hunksOf(new SourceFile('x', text), edits).toReversed())
        result.splice(hunk.line - 1, hunk.removed.length, ...hunk.added);
      expect(result).toEqual(expected);
    }),
    {
      examples: [
        [
          '\n',
          [
            [0, 0, '\n'],
            [0, 0, 'a'],
          ],
        ],
      ],
    },
  );
});
