import { expect, test } from 'vitest';
import { applyEdits, overlap } from '../../src/diagnostics/edits.ts';

test('edits are made in the order of their places, whatever order they come in', () => {
  expect(
    applyEdits('one two three', [
      { start: 8, end: 13, text: '3' },
      { start: 0, end: 3, text: '1' },
      { start: 4, end: 4, text: '+' },
    ]),
  ).toBe('1 +two 3');
});

test('insertions at one place follow each other', () => {
  expect(
    applyEdits('ab', [
      { start: 1, end: 1, text: 'x' },
      { start: 1, end: 1, text: 'y' },
    ]),
  ).toBe('axyb');
});

test('edits overlap when they touch the same byte', () => {
  const edit = (start: number, end: number) => ({ start, end, text: '' });
  expect(overlap(edit(0, 3), edit(2, 4))).toBe(true);
  expect(overlap(edit(0, 3), edit(3, 4))).toBe(false);
  expect(overlap(edit(1, 1), edit(1, 1))).toBe(false);
});
