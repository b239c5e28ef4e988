import { expect, test } from 'vitest';
import { lintExample } from '../../../src/4-check/example.ts';
import type { Rule, RuleExample } from '../../../src/4-check/rule.ts';
import { rules } from '../../../src/4-check/rules.generated.ts';

const flag = / (on|off);/g;

const examples = rules.flatMap((rule) =>
  rule.examples
    .filter(({ config, findings }) => findings.length > 0 && config.search(flag) >= 0)
    .map((example, at) => [`${rule.code} (${at + 1})`, rule, example] as const),
);

const linesOf = (rule: Rule, example: RuleExample): number[] =>
  lintExample(rule, example)
    .diagnostics.filter((one) => one.code === rule.code)
    .map((one) => one.file.lineAt(one.span.start));

// Words that nginx compares with case (`error_log off` names a file) are no flags.
const caseMatters = ['logging/error-log-off'];

test.each(examples.filter(([, { code }]) => !caseMatters.includes(code)))(
  '%s finds the same whether nginx reads "on" or "ON"',
  (_, rule, example) => {
    const shouted = { ...example, config: example.config.replace(flag, (text) => text.toUpperCase()) };
    expect(linesOf(rule, shouted)).toEqual(linesOf(rule, example));
  },
);
