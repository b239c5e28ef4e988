import { describe, expect, test } from 'vitest';
import { parseExpires } from '../../src/text/expires.ts';

describe('a value of expires', () => {
  test.each([
    ['30d', { mode: 'access', seconds: 2_592_000 }],
    ['1h 30m', { mode: 'access', seconds: 5400 }],
    ['+5', { mode: 'access', seconds: 5 }],
    ['-1', { mode: 'access', seconds: -1 }],
    ['@15h30m', { mode: 'daily', seconds: 55_800 }],
    ['off', { mode: 'off', seconds: 0 }],
    ['epoch', { mode: 'epoch', seconds: 0 }],
    ['max', { mode: 'max', seconds: 0 }],
  ])('%s', (text, value) => {
    expect(parseExpires(text, false)).toEqual(value);
  });

  test.each(['', '-', '5x', '30m 1h', 'OFF', '1ms', '--1'])('%j is none', (text) => {
    expect(parseExpires(text, false)).toEqual({ error: 'invalid value' });
  });

  test('behind "modified" counts from the time of change, and knows no words', () => {
    expect(parseExpires('1d', true)).toEqual({ mode: 'modified', seconds: 86_400 });
    expect(parseExpires('max', true)).toEqual({ error: 'invalid value' });
    expect(parseExpires('@1h', true)).toEqual({
      error: 'daily time cannot be used with "modified" parameter',
    });
  });

  test('a time of day lies within a day', () => {
    expect(parseExpires('@24h', false)).toEqual({ mode: 'daily', seconds: 86_400 });
    expect(parseExpires('@25h', false)).toEqual({ error: 'daily time value must be less than 24 hours' });
  });

  // The value may be a client's, as in "expires $arg_age".
  test('a long text that is no time is refused at once', () => {
    const started = performance.now();
    expect(parseExpires(`${'1'.repeat(8000)}x`, false)).toEqual({ error: 'invalid value' });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
