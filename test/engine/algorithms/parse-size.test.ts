import { expect, test } from 'vitest';
import { parseSize } from '../../../src/engine/algorithms/parse-size.ts';

test.each([
  ['0', 0],
  ['512', 512],
  ['1k', 1024],
  ['2M', 2_097_152],
  ['1g', null],
  ['k', null],
  ['-1', null],
  ['', null],
  ['99999999999999999999', null],
])('the size %j is %j', (text, size) => {
  expect(parseSize(text)).toBe(size);
});
