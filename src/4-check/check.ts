import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { diagnostic, type Diagnostic, type Severity } from '../diagnostics/diagnostic.ts';
import { TargetVersions, type Target } from '../nginx/versions.ts';
import { CheckContext, SharedResults } from './context.ts';
import type { Rule, RuleOptionValue } from './rule.ts';

/** What the user chose for one rule. */
export interface RuleSetting {
  readonly severity?: Severity | 'off';
  readonly options?: Readonly<Record<string, RuleOptionValue>>;
}

export type RuleSettings = Readonly<Record<string, RuleSetting>>;

/** The findings of `rules` on a configuration. A snippet included in several places reports a finding once. */
export function checkRules(
  rules: readonly Rule[],
  config: ResolvedConfig,
  target: Target,
  settings: RuleSettings = {},
): Diagnostic[] {
  const shared = new SharedResults(config, new TargetVersions(target));
  const found: Diagnostic[] = [];
  for (const rule of rules) {
    const setting = settings[rule.code];
    const severity =
      setting?.severity ?? (rule.enabled === false && setting === undefined ? 'off' : undefined);
    if (severity === 'off') continue;
    const seen = new Map<object, Set<string>>();
    for (const finding of rule.check(new CheckContext(shared, optionsOf(rule, setting)))) {
      const keys = seen.get(finding.file) ?? new Set();
      seen.set(finding.file, keys);
      const key = `${finding.span.start} ${finding.message}`;
      if (keys.has(key)) continue;
      keys.add(key);
      found.push(
        diagnostic({ ...finding, code: rule.code, severity: severity ?? finding.severity ?? rule.severity }),
      );
    }
  }
  return found;
}

function optionsOf(rule: Rule, setting: RuleSetting | undefined): Record<string, RuleOptionValue> {
  const options: Record<string, RuleOptionValue> = {};
  for (const [name, option] of Object.entries(rule.options ?? {}))
    options[name] = setting?.options?.[name] ?? option.default;
  return options;
}

/** Diagnostics in the order of the output: by path, then by position. */
export function sortDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      (a.file.path < b.file.path ? -1 : a.file.path > b.file.path ? 1 : 0) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  );
}
