import { expect, it, vi } from 'vitest';
import { perSecond } from '../../../src/engine/variables/time.ts';

it('prints a time once a second', () => {
  const print = vi.fn((now: number) => `at ${now}`);
  const text = perSecond(print);
  expect([text(1000), text(1999), text(2000), text(2500), text(1999)]).toEqual([
    'at 1000',
    'at 1000',
    'at 2000',
    'at 2000',
    'at 1999',
  ]);
  expect(print).toHaveBeenCalledTimes(3);
});
