import { describe, expect, it } from 'vitest';
import type { BodyFilter } from '../../../src/engine/api.ts';
import { chained, rangeFilter } from '../../../src/engine/response/body-filters.ts';

const body = '0123456789';

/** What a filter makes of the body given in pieces of `size`. */
function pass(filter: BodyFilter, size: number): string {
  let output = '';
  for (let at = 0; at < body.length; at += size)
    output += filter.push(body.slice(at, at + size), false).join('');
  return output + filter.push('', true).join('');
}

const upper: BodyFilter = { push: (bytes, last) => [bytes.replaceAll('5', 'V'), last ? '.' : ''] };

describe('ranges of a body that passes', () => {
  it.each([1, 3, 4, 10])('are cut out of pieces of %i bytes', (size) => {
    expect(pass(rangeFilter([{ head: '', start: 4, end: 8 }], ''), size)).toBe('4567');
    const pieces = [
      { head: '<a>', start: 7, end: 10 },
      { head: '<b>', start: 0, end: 2 },
      { head: '<c>', start: 1, end: 6 },
    ];
    expect(pass(rangeFilter(pieces, '<end>'), size)).toBe('<a>789<b>01<c>12345<end>');
  });
  it('come after other changes', () => {
    expect(pass(chained(upper, rangeFilter([{ head: '', start: 4, end: 11 }], '')), 4)).toBe('4V6789.');
    expect(pass(chained(null, upper), 5)).toBe('01234V6789.');
  });
});
