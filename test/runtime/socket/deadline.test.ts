import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadlines } from '../../../src/runtime/socket/deadline.ts';

describe('deadlines', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('run out once, after their time', () => {
    const expired = vi.fn();
    const deadline = new Deadlines().create(expired);
    deadline.set(100);
    vi.advanceTimersByTime(99);
    expect(expired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(expired).toHaveBeenCalledTimes(1);
    expect(deadline.running).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(expired).toHaveBeenCalledTimes(1);
  });

  it('count from the last touch', () => {
    const order: string[] = [];
    const deadlines = new Deadlines();
    const first = deadlines.create(() => order.push('first'));
    const second = deadlines.create(() => order.push('second'));
    first.set(100);
    vi.advanceTimersByTime(10);
    second.set(100);
    vi.advanceTimersByTime(50);
    first.touch();
    vi.advanceTimersByTime(51);
    expect(order).toEqual(['second']);
    vi.advanceTimersByTime(50);
    expect(order).toEqual(['second', 'first']);
  });

  it('do not run out when they were cleared', () => {
    const expired = vi.fn();
    const deadline = new Deadlines().create(expired);
    deadline.set(100);
    deadline.clear();
    vi.advanceTimersByTime(200);
    expect(expired).not.toHaveBeenCalled();
  });

  it('do not run out while they rest, and count anew when they are set again', () => {
    const expired = vi.fn();
    const deadlines = new Deadlines();
    const deadline = deadlines.create(expired);
    deadline.set(100);
    deadline.rest();
    expect(deadline.running).toBe(false);
    vi.advanceTimersByTime(60);
    deadline.set(100);
    expect(deadline.running).toBe(true);
    vi.advanceTimersByTime(99);
    expect(expired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(expired).toHaveBeenCalledTimes(1);
    deadline.set(100);
    deadline.rest();
    vi.advanceTimersByTime(1000);
    expect(expired).toHaveBeenCalledTimes(1);
    deadline.set(50);
    vi.advanceTimersByTime(51);
    expect(expired).toHaveBeenCalledTimes(2);
  });

  it('can be set again while they run out', () => {
    let count = 0;
    const deadline = new Deadlines().create(() => {
      if (++count < 3) deadline.set(10);
    });
    deadline.set(10);
    vi.advanceTimersByTime(100);
    expect(count).toBe(3);
  });

  it('need one timer for many of the same duration', () => {
    const deadlines = new Deadlines();
    const all = Array.from({ length: 1000 }, () => deadlines.create(() => undefined));
    for (const deadline of all) deadline.set(60_000);
    expect(vi.getTimerCount()).toBe(1);
  });
});
