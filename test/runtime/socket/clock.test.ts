import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Clock } from '../../../src/runtime/socket/clock.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => vi.useRealTimers());

it('stands still from hold to release, and goes with the time otherwise', () => {
  const clock = new Clock();
  const start = clock.now();
  vi.advanceTimersByTime(5);
  expect(clock.now()).toBe(start + 5);
  clock.hold();
  vi.advanceTimersByTime(5);
  expect(clock.now()).toBe(start + 5);
  clock.release();
  expect(clock.now()).toBe(start + 10);
});
