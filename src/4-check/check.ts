import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { diagnostic, type Diagnostic, type Severity } from '../diagnostics/diagnostic.ts';
import { TargetVersions, type Target } from '../nginx/versions.ts';
import { CheckContext, SharedResults } from './context.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Finding, Rule, RuleOptionValue } from './rule.ts';

/** What the user chose for one rule. */
export interface RuleSetting {
  readonly severity?: Severity | 'off';
  readonly options?: Readonly<Record<string, RuleOptionValue>>;
}

export type RuleSettings = Readonly<Record<string, RuleSetting>>;

/** A rule that threw: a mistake of ours, which must not hide what the other rules found. */
export interface RuleFailure {
  readonly code: string;
  readonly error: unknown;
}

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly failures: readonly RuleFailure[];
}

/** The findings of `rules` on a configuration. A snippet included in several places reports a finding once. */
export function checkRules(
  rules: readonly Rule[],
  config: ResolvedConfig,
  target: Target,
  settings: RuleSettings = {},
  wants?: (file: SourceFile) => boolean,
): CheckResult {
  const shared = new SharedResults(config, new TargetVersions(target), wants);
  const found: Diagnostic[] = [];
  const failures: RuleFailure[] = [];
  for (const rule of rules) {
    const setting = settings[rule.code];
    const severity =
      setting?.severity ?? (rule.enabled === false && setting === undefined ? 'off' : undefined);
    if (severity === 'off') continue;
    try {
      const context = new CheckContext(shared, optionsOf(rule, setting));
      for (const finding of uniqueFindings(rule.check(context)))
        found.push(
          diagnostic({
            ...finding,
            code: rule.code,
            severity: severity ?? finding.severity ?? rule.severity,
          }),
        );
    } catch (error) {
      failures.push({ code: rule.code, error });
    }
  }
  return { diagnostics: found, failures };
}

function* uniqueFindings(findings: Iterable<Finding>): Generator<Finding> {
  const seen = new Map<SourceFile, Set<string>>();
  for (const finding of findings) {
    const keys = seen.get(finding.file) ?? new Set();
    seen.set(finding.file, keys);
    const key = `${finding.span.start} ${finding.message}`;
    if (!keys.has(key)) yield finding;
    keys.add(key);
  }
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
