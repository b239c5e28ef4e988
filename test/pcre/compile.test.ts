import fc from '../property.ts';
import { describe, expect, it } from 'vitest';
import { compilePcre, pcreErrorMessage } from '../../src/pcre/compile.ts';
import compiled from './recorded/compile.json' with { type: 'json' };
import matched from './recorded/match.json' with { type: 'json' };

// Recorded from libpcre2-8 10.42, the library Debian's nginx 1.22.1 runs with.
describe('what PCRE2 says of a pattern', () => {
  it.each(compiled as [string, string?, number?][])('%j', (pattern, message, offset) => {
    const result = compilePcre(pattern, { caseless: false });
    if (message === undefined) expect(result.ok).not.toBe(false);
    else expect(result).toMatchObject({ ok: false, message, offset });
  });
});

describe('what PCRE2 matches', () => {
  it.each(matched)('$pattern caseless=$caseless', ({ pattern, caseless, matches }) => {
    const result = compilePcre(pattern, { caseless });
    if (result.ok !== true) throw new Error(`not compiled: ${JSON.stringify(result)}`);
    for (const [subject, expected] of matches) {
      const found = result.exec(subject as string);
      expect([subject, found && Array.from(found, (value) => value ?? '')]).toEqual([subject, expected]);
    }
  });
});

describe('the error as nginx prints it', () => {
  const text = (pattern: string): string => {
    const result = compilePcre(pattern, { caseless: false });
    return result.ok === false ? pcreErrorMessage(pattern, result) : '';
  };

  it('names the rest of the pattern', () => {
    expect(text('a)b')).toBe('pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"');
  });

  it('has no place when PCRE2 stopped at the end', () => {
    expect(text('^/foo(')).toBe('pcre2_compile() failed: missing closing parenthesis in "^/foo("');
  });
});

describe('what cannot be matched', () => {
  const ok = (pattern: string, caseless = false): unknown => compilePcre(pattern, { caseless }).ok;

  it('is said for backtracking verbs and character properties of Unicode', () => {
    expect(ok('a(*SKIP)b')).toBe('unsupported');
    expect(compilePcre('(*UCP)a', { caseless: false })).toMatchObject({
      ok: 'unsupported',
      reason: '(*UCP)',
    });
  });

  it.each(['(*UTF8)^/a.*\\.php$', '(*UTF8)[^/]+/\\w*', '(*UTF)/caf\xc3\xa9/', '(*UTF8)(?:[a-z]|\\d){2}'])(
    '%j needs no UTF mode',
    (pattern) => {
      expect(ok(pattern)).toBe(true);
    },
  );
  it.each([
    '(*UTF8)^.$',
    '(*UTF8)[\xc3\xa9]',
    '(*UTF8)\xc3\xa9+',
    '(*UTF8)(?i)\xc3\xa9',
    '(*UTF8).{2,3}',
    '(*UTF8)\\x{e9}',
    '(*LF)(*UTF)\\x{100}',
  ])('%j needs it', (pattern) => {
    expect(ok(pattern)).toBe('unsupported');
  });
});

describe('names', () => {
  it('maps each name to the number of its group', () => {
    const result = compilePcre('(x)(?<a>.)(?P<b>.)', { caseless: false });
    expect(result.ok === true && [...result.names]).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });
});

describe('any input', () => {
  const parts = fc.constantFrom(
    'a',
    '(',
    ')',
    '[',
    ']',
    '^',
    '\\',
    '?',
    '*',
    '{1,2}',
    '|',
    '(?<=',
    '(?',
    '\\1',
    '\xe9',
    '-',
    '<n>',
    '\0',
  );

  it('neither throws nor hangs', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(parts, { maxLength: 12 }).map((all) => all.join('')),
          fc.string({ unit: 'binary-ascii' }),
        ),
        fc.string({ maxLength: 8 }),
        fc.boolean(),
        (pattern, subject, caseless) => {
          const result = compilePcre(pattern, { caseless });
          if (result.ok === true) result.exec(subject);
          else if (result.ok === false) expect(result.offset).toBeLessThanOrEqual(pattern.length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a subject that many ways through the pattern could match', () => {
  const exec = (pattern: string, subject: string) => {
    const result = compilePcre(pattern, { caseless: false });
    return result.ok === true ? result.exec(subject) : null;
  };

  it.each([
    ['^(a+)+$', `${'a'.repeat(8000)}!`],
    ['^(a|aa)+$', `${'a'.repeat(8000)}!`],
    ['^(a|aa)+$', `${'a'.repeat(60)}!`],
    ['^(a?a)+$', `${'a'.repeat(60)}!`],
    ['^/(.*)/(.*)/(.*)\\.php$', '/'.repeat(8000)],
  ])('%s is no match after as many tries as PCRE2 makes', (pattern, subject) => {
    const started = performance.now();
    expect(exec(pattern, subject)).toBeNull();
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each([
    ['^(a+)+$', 'a'.repeat(8000)],
    ['^/(.*)/(.*)/(.*)\\.php$', `${'/'.repeat(8000)}.php`],
    ['^(?:/[a-z]+)*/(.*)$', '/a'.repeat(4000)],
    ['(\\w+)\\.(\\w+)\\.example', `${'a.'.repeat(4000)}example`],
  ])('%s matches what it can', (pattern, subject) => {
    expect(exec(pattern, subject)).not.toBeNull();
  });
});
