import { describe, expect, test } from 'vitest';
import type { Freshness } from '../../../src/engine/cache/freshness.ts';
import { readFreshness, validFor } from '../../../src/engine/cache/freshness.ts';

const now = 1_000_000;
const past = 'Thu, 01 Jan 1970 00:00:01 GMT';
const future = 'Thu, 31 Dec 2037 23:55:55 GMT';

function judge(lines: readonly string[], ignored: readonly string[] = []): Freshness {
  const state: Freshness = {
    validSec: 0,
    updatingSec: 0,
    errorSec: 0,
    vary: '',
    forbidden: false,
    noCache: false,
    expired: false,
  };
  const headers = lines.flatMap((line) => {
    const [name = '', value = ''] = line.split(/: (.*)/);
    return [name, name.toLowerCase(), value];
  });
  readFreshness(state, headers, ignored, now);
  return state;
}

describe('what the headers of an answer say about keeping it', () => {
  test.each<[string[], Partial<Freshness>]>([
    [[], { validSec: 0, forbidden: false, noCache: false }],
    [['Cache-Control: max-age=60'], { validSec: now + 60 }],
    [['Cache-Control: max-age=60, s-maxage=10'], { validSec: now + 10 }],
    [['Cache-Control: max-age=0'], { noCache: true }],
    [['Cache-Control: max-age=x'], { forbidden: true }],
    [['Cache-Control: No-Store'], { noCache: true }],
    [['Cache-Control: private="x"'], { noCache: true }],
    [['Cache-Control: max-age=9999999999999999999'], { validSec: Number.MAX_SAFE_INTEGER }],
    [[`Expires: ${future}`], { validSec: 2_145_916_555 }],
    [[`Expires: ${past}`], { expired: true, validSec: 0 }],
    [['Expires: 0'], { expired: true }],
    [['Set-Cookie: a=b'], { forbidden: true }],
    [['X-Accel-Expires: 5'], { validSec: now + 5 }],
    [['X-Accel-Expires: @5'], { validSec: 5 }],
    [['X-Accel-Expires: 0'], { forbidden: true }],
    [['X-Accel-Expires: soon'], { validSec: 0, forbidden: false }],
    [['X-Accel-Expires: 99999999999999999999'], { validSec: 0, forbidden: false }],
    [['X-Accel-Expires: @99999999999999999999'], { validSec: 0, forbidden: false }],
    [['Constructor: 1', '__proto__: 1'], { validSec: 0, forbidden: false }],
    [['Vary: Accept', 'Vary: Origin'], { vary: 'Accept, Origin' }],
    [['Vary: *'], { forbidden: true }],
    [[`Vary: ${'x'.repeat(129)}`], { forbidden: true }],
  ])('%j', (lines, expected) => {
    expect(judge(lines)).toMatchObject(expected);
  });

  test.each<[string, string[], Partial<Freshness>]>([
    [
      'Cache-Control before Expires',
      [`Expires: ${past}`, 'Cache-Control: max-age=9'],
      { validSec: now + 9, expired: false },
    ],
    [
      'Cache-Control after Expires',
      ['Cache-Control: max-age=9', `Expires: ${past}`],
      { validSec: now + 9, expired: false },
    ],
    [
      'X-Accel-Expires over a prohibition',
      ['Cache-Control: no-cache', 'X-Accel-Expires: 9'],
      { validSec: now + 9, noCache: false },
    ],
    [
      'X-Accel-Expires over what follows',
      ['X-Accel-Expires: 9', 'Cache-Control: no-cache'],
      { validSec: now + 9, noCache: false },
    ],
  ])('prefers %s', (_, lines, expected) => {
    expect(judge(lines)).toMatchObject(expected);
  });

  test('tells for how long an old answer may be used', () => {
    expect(judge(['Cache-Control: max-age=1, stale-while-revalidate=20'])).toMatchObject({
      updatingSec: 20,
      errorSec: 20,
    });
    expect(judge(['Cache-Control: stale-while-revalidate=20, stale-if-error=5'])).toMatchObject({
      updatingSec: 20,
      errorSec: 5,
    });
    expect(judge(['Cache-Control: stale-if-error=x'])).toMatchObject({ forbidden: true });
  });

  test('does not read headers that are ignored', () => {
    expect(judge(['Set-Cookie: a=b', 'Vary: *'], ['Set-Cookie', 'Vary'])).toMatchObject({
      forbidden: false,
      vary: '',
    });
  });
});

test('proxy_cache_valid: the first entry that fits', () => {
  const rules = [
    { status: 200, seconds: 10 },
    { status: 0, seconds: 1 },
    { status: 404, seconds: 99 },
  ];
  expect([200, 404, 500].map((status) => validFor(rules, status))).toEqual([10, 1, 1]);
  expect(validFor([], 200)).toBe(0);
});
