import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from '../truth/serve.ts';

describe('expires with a variable', () => {
  const run = serve('location / { expires $arg_age; return 200; }');
  const control = (age: string): string | null => headerOf(run(get(`/?age=${age}`)).head, 'Cache-Control');

  test('is read when a request is there', () => {
    expect(control('1h30m')).toBe('max-age=5400');
    expect(control('-1')).toBe('no-cache');
    expect(control('max')).toBe('max-age=315360000');
  });

  test.each(['off', '', '30m1h', '1ms', '@25h'])('sets nothing for %j', (age) => {
    expect(control(age)).toBeNull();
  });

  // Clients choose it here.
  test('takes no time for a long value that is no time', () => {
    const started = performance.now();
    expect(control(`${'1'.repeat(4000)}x`)).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
