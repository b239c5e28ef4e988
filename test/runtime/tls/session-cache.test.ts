import { expect, test } from 'vitest';
import { SessionCache } from '../../../src/runtime/tls/session-cache.ts';

test('keeps no more sessions than it may, those made last', () => {
  const cache = new SessionCache(2);
  for (const name of ['one', 'two', 'one', 'three']) cache.set(name, Buffer.from(name));
  expect(['one', 'two', 'three'].map((name) => cache.get(name)?.toString())).toEqual([
    'one',
    undefined,
    'three',
  ]);
});
