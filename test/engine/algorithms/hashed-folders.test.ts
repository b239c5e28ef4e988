import { expect, test } from 'vitest';
import { hashedFolders } from '../../../src/engine/algorithms/hashed-folders.ts';

test('folders take their names from the end of the file name', () => {
  expect(hashedFolders('0000012345', [1, 2])).toBe('5/34/');
  expect(hashedFolders('b7f54b2df7773722d382f4809d65029c', [1, 2, 2])).toBe('c/29/50/');
  expect(hashedFolders('0000012345', [])).toBe('');
});
