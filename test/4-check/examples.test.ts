import { describe, expect, test } from 'vitest';
import { lintExample } from '../../src/4-check/example.ts';
import { rules } from '../../src/4-check/rules.generated.ts';

describe.each(rules.map((rule) => [rule.code, rule] as const))('%s', (code, rule) => {
  test.each(rule.examples.map((example, at) => [at + 1, example] as const))('example %i', (_, example) => {
    const { diagnostics, verdict, failures } = lintExample(rule, example);
    expect(failures).toEqual([]);
    expect(verdict).toEqual({ ok: true });
    const found = diagnostics
      .filter((one) => one.code === code)
      .map((one) => ({ line: one.file.lineAt(one.span.start), message: one.message }));
    expect(found).toEqual(
      example.findings.map(({ line, message }) => ({ line, message: expect.stringContaining(message) })),
    );
  });
});
