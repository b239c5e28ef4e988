import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines } from '../../../src/runtime/socket/deadline.ts';
import { SendTimeout } from '../../../src/runtime/socket/send-timeout.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('runs out for those that take nothing, and not for those that take little', () => {
  const stream = { queued: 100 };
  const expired = vi.fn<() => void>();
  const timeout = new SendTimeout(stream, new Deadlines(), 1000, expired);
  timeout.start();
  for (let taken = 0; taken < 5; taken++) {
    vi.advanceTimersByTime(900);
    stream.queued -= 1;
  }
  expect(expired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2100);
  expect(expired).toHaveBeenCalledTimes(1);
});

test('does not run out when nothing waits any more', () => {
  const expired = vi.fn<() => void>();
  const timeout = new SendTimeout({ queued: 1 }, new Deadlines(), 1000, expired);
  timeout.start();
  timeout.clear();
  vi.advanceTimersByTime(5000);
  expect(expired).not.toHaveBeenCalled();
});
