import { describe, expect, it } from 'vitest';
import { compilePcre } from '../../src/pcre/compile.ts';
import { samplePcre } from '../../src/pcre/sample.ts';

function sample(pattern: string): string | null {
  const compiled = compilePcre(pattern, { caseless: false });
  if (compiled.ok !== true) throw new Error(`${pattern} is no pattern`);
  return samplePcre(compiled, ['/', ''], ['', '/']);
}

describe('a sample of a pattern', () => {
  it.each([
    ['^/room/(\\d+)$', '/room/a', false],
    ['^/(ws|socket)/', '/ws/', true],
    ['\\.php$', '/.php', true],
    ['^/[a-z]{3}\\d*$', '/aaa', true],
  ])('of %s is something it matches', (pattern, written, exact) => {
    const made = sample(pattern);
    expect(made).not.toBeNull();
    expect(compilePcre(pattern, { caseless: false })).toMatchObject({ ok: true });
    if (exact) expect(made).toBe(written);
    else expect(made).toMatch(/^\/room\/\d$/);
  });

  it('is null when nothing simple matches', () => {
    expect(sample('a(?!a)\\Bb\\bc')).toBeNull();
  });
});
