import { describe, expect, test } from 'vitest';
import { rules } from '../src/4-check/rules.generated.ts';

test('there are rules, and no code is used twice', () => {
  const codes = rules.map((rule) => rule.code);
  expect(codes.length).toBeGreaterThan(0);
  expect(new Set(codes).size).toBe(codes.length);
});

describe.each(rules.map((rule) => [rule.code, rule] as const))('%s', (_, rule) => {
  test('has a firing and a silent example', () => {
    expect(rule.examples.some((example) => example.findings.length > 0)).toBe(true);
    expect(rule.examples.some((example) => example.findings.length === 0)).toBe(true);
  });

  test('is documented', () => {
    const { finds, matters, versions } = rule.documentation;
    for (const text of [rule.title, finds, matters, versions]) expect(text.trim()).not.toBe('');
    expect(rule.title).not.toMatch(/\.$/);
    for (const text of [finds, matters, versions]) expect(text.trim()).toMatch(/[.)]$/);
  });
});
