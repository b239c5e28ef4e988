import type { RuleSetting, RuleSettings } from '../../4-check/check.ts';
import type { Rule } from '../../4-check/rule.ts';
import { covers } from '../../4-check/suppressions.ts';
import type { Severity } from '../../diagnostics/diagnostic.ts';
import { CliError } from '../cli-error.ts';
import type { Override } from '../config/settings.ts';

const severities: readonly string[] = ['error', 'warning', 'info', 'off'];

/** Turns `--rule CODE:SEVERITY` into settings. */
export function settingsFromOptions(values: readonly string[]): RuleSettings {
  const settings: Record<string, RuleSetting> = {};
  for (const value of values) {
    const at = value.lastIndexOf(':');
    const severity = value.slice(at + 1);
    if (at <= 0 || !severities.includes(severity))
      throw new CliError(`--rule ${value}: it has to be CODE:SEVERITY with ${severities.join(', ')}`);
    settings[value.slice(0, at)] = { severity: severity as Severity | 'off' };
  }
  return settings;
}

/**
 * Settings per rule from settings by code or family (`ws/*`): families first, exact codes over them.
 * `where` names the source of a code that no rule has. `nginx/…` codes are left to {@link changeSeverities}.
 */
export function expandSettings(settings: RuleSettings, rules: readonly Rule[], where: string): RuleSettings {
  const expanded: Record<string, RuleSetting> = {};
  const patterns = Object.keys(settings).sort(
    (a, b) => Number(!a.endsWith('/*')) - Number(!b.endsWith('/*')),
  );
  for (const pattern of patterns) {
    const setting = settings[pattern]!;
    if (pattern.startsWith('nginx/') || pattern.startsWith('hopwright/')) continue;
    const matching = rules.filter((rule) => covers(pattern, rule.code));
    if (matching.length === 0)
      throw new CliError(`${where}: no rule "${pattern}"${suggestion(pattern, rules)}`);
    for (const rule of matching) {
      checkOptions(rule, setting, where);
      expanded[rule.code] = {
        severity: setting.severity ?? expanded[rule.code]?.severity,
        options: { ...expanded[rule.code]?.options, ...setting.options },
      };
    }
  }
  return expanded;
}

function checkOptions(rule: Rule, setting: RuleSetting, where: string): void {
  for (const [name, value] of Object.entries(setting.options ?? {})) {
    const option = rule.options?.[name];
    if (option === undefined) throw new CliError(`${where}: rule ${rule.code} has no option "${name}"`);
    const wanted = Array.isArray(option.default) ? 'a list of strings' : `a ${typeof option.default}`;
    const fits = Array.isArray(option.default)
      ? Array.isArray(value)
      : typeof value === typeof option.default;
    if (!fits) throw new CliError(`${where}: option "${name}" of rule ${rule.code} has to be ${wanted}`);
  }
}

function suggestion(pattern: string, rules: readonly Rule[]): string {
  const name = pattern.split('/').at(-1)!;
  const like = rules.find((rule) => rule.code.split('/')[1] === name || rule.code.startsWith(pattern));
  return like === undefined ? ' (hopwright rules lists them)' : ` (did you mean ${like.code}?)`;
}

/** The entry for a code: its own, or else that of its family. */
function bestFor<T>(code: string, entries: Readonly<Record<string, T>>): T | undefined {
  return entries[code] ?? entries[Object.keys(entries).find((pattern) => covers(pattern, code)) ?? ''];
}

/** The severity that the settings give to diagnostics which are not a rule's: nginx's warnings, our own notices. */
export function severityOf(code: string, settings: RuleSettings): Severity | 'off' | undefined {
  return bestFor(code, settings)?.severity;
}

/** The severity that the last matching override gives to a finding in `file` (absolute path), if any does. */
export function overrideFor(
  code: string,
  file: string,
  overrides: readonly Override[],
  matches: (file: string, override: Override) => boolean,
): Severity | 'off' | undefined {
  const said = overrides.filter(
    (override) => bestFor(code, override.rules) !== undefined && matches(file, override),
  );
  const last = said.at(-1);
  return last && bestFor(code, last.rules);
}
