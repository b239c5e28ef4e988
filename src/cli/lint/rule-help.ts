import { rulePage } from '../../4-check/pages.ts';
import { rules } from '../../4-check/rules.generated.ts';
import type { RuleHelp } from '../../report/report.ts';

/** What formats show of a rule; null for codes that are nginx's own. */
export function ruleHelp(code: string): RuleHelp | null {
  const rule = rules.find((one) => one.code === code);
  return rule === undefined ? null : { title: rule.title, severity: rule.severity, page: rulePage(rule) };
}
