import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Buffers } from '../../../src/runtime/socket/buffers.ts';
import { ByteStream } from '../../../src/runtime/socket/byte-stream.ts';
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

it('stands still while bytes are handled, and goes on after an error in that', () => {
  const clock = new Clock();
  const nothing = (): void => undefined;
  const stream = ByteStream.connecting(() => new Socket(), new Buffers(clock), {
    onBytes: () => {
      const before = clock.now();
      vi.advanceTimersByTime(5);
      expect(clock.now()).toBe(before);
      throw new Error('an internal error');
    },
    onEnd: nothing,
    onDrain: nothing,
    onClose: nothing,
  });
  const start = clock.now();
  expect(() => stream.take(Buffer.alloc(1), 1)).toThrow('an internal error');
  vi.advanceTimersByTime(5);
  expect(clock.now()).toBe(start + 10);
});
