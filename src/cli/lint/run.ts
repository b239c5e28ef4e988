import { existsSync } from 'node:fs';
import path from 'node:path';
import type { LintResult } from '../../4-check/lint.ts';
import { checkContextName } from './context-name.ts';
import { sortDiagnostics, type RuleSettings } from '../../4-check/check.ts';
import { rules } from '../../4-check/rules.generated.ts';
import type { Diagnostic, Severity } from '../../diagnostics/diagnostic.ts';
import { formats } from '../../report/formats.ts';
import { summarize, type Report } from '../../report/report.ts';
import { displayPath, plural } from '../../report/text.ts';
import { CliError } from '../cli-error.ts';
import type { LintOptions } from '../commands/lint.ts';
import { findConfig, loadSettings, mergeSettings } from '../config/load.ts';
import { noSettings, type Settings } from '../config/settings.ts';
import { deliver } from '../output.ts';
import { wantsColor, type Terminal } from '../terminal.ts';
import { tool } from '../version.ts';
import { readInputs, type Input } from './inputs.ts';
import { filesOf, lintInputs, type Root, type RootOptions } from './roots.ts';
import { expandSettings, settingsFromOptions } from './rule-settings.ts';
import { finalSeverities } from './severities.ts';

/** Bytes of input that keep us busy for a second and more. */
const longRun = 8_000_000;

/** `hopwright lint`: reads, lints, fixes, reports; the exit code is 1 when findings reach the failing level. */
export async function runLint(
  paths: readonly string[],
  options: LintOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.configSchema === true) {
    const { configJsonSchema } = await import('../config/schema.ts');
    await terminal.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return 0;
  }
  const settings = await settingsFor(options, terminal);
  const ruleSettings = ruleSettingsOf(settings, options);
  if (options.printConfig === true) {
    await terminal.out(
      `${JSON.stringify({ ...settings, rules: { ...settings.rules, ...ruleSettings } }, null, 2)}\n`,
    );
    return 0;
  }
  const target = settings.target ?? options.defaultTarget;
  const inputs = await readInputs(
    paths,
    {
      stdinFilename: options.stdinFilename,
      include: settings.include,
      ignore: settings.ignore,
      ignoreFolder: settings.folder ?? terminal.cwd,
      respectIgnores: options.ignore,
    },
    terminal,
  );
  if (inputs.reduce((sum, { text }) => sum + text.length, 0) < longRun) terminal.hurry();
  const rootOptions: RootOptions = {
    lint: {
      target,
      prefix: settings.prefix,
      root: settings.root,
      environment: options.environment === true ? await localEnvironment() : null,
      settings: ruleSettings,
    },
    define: settings.define,
    cwd: terminal.cwd,
    context: options.context === undefined ? null : checkContextName(options.context),
  };
  let results = lintInputs(inputs, rootOptions);
  if (options.fix === true || options.fixDryRun === true)
    results = await fix(results, inputs, rootOptions, options, terminal);

  const all = sortDiagnostics(unique(results.flatMap(([, result]) => [...result.diagnostics])));
  let diagnostics = finalSeverities(all, settings, terminal.cwd);
  const baseline =
    options.baseline === undefined ? settings.baseline : path.resolve(terminal.cwd, options.baseline);
  if (options.updateBaseline === true) {
    if (baseline === undefined)
      throw new CliError('--update-baseline needs --baseline FILE, or "baseline" in the configuration');
    const { writeBaseline } = await import('./baseline.ts');
    writeBaseline(diagnostics, baseline, terminal.cwd);
  }
  const before = diagnostics.length;
  if (baseline !== undefined) {
    const { withoutBaseline } = await import('./baseline.ts');
    diagnostics = withoutBaseline(diagnostics, baseline, terminal.cwd);
  }
  const silencedByComments = results.reduce((sum, [, result]) => sum + result.silenced, 0);
  const { warnings } = summarize(diagnostics);
  const shown = options.quiet === true ? diagnostics.filter((one) => one.severity === 'error') : diagnostics;
  const report: Report = {
    tool: tool(),
    target,
    roots: results.map(([root, result]) => ({ file: root.input.path, nginx: result.verdict })),
    files: [...new Set(results.flatMap((one) => filesOf(one, rootOptions).map((file) => file.path)))],
    diagnostics: shown,
    silenced: silencedByComments + before - diagnostics.length,
  };
  const dry = options.fixDryRun === true;
  const printsFixed = dry || (options.fix === true && inputs.some(({ stdin }) => stdin === true));
  // Standard output is taken by the diff, or by the fixed text of standard input.
  const reader = printsFixed ? { ...terminal, out: terminal.err } : terminal;
  if (!dry || options.format !== 'pretty') await write(report, options, reader);

  const failed = await reportFailures(results, terminal);
  if (failed) return 2;
  const limit = options.maxWarnings ?? settings.maxWarnings;
  if (limit !== undefined && warnings > limit) {
    await terminal.err(`hopwright: ${plural(warnings, 'warning')}, at most ${limit} allowed\n`);
    return 1;
  }
  return fails(diagnostics, options.failOn ?? settings.failOn ?? 'error') ? 1 : 0;
}

async function settingsFor(options: LintOptions, terminal: Terminal): Promise<Settings> {
  let settings: Settings = noSettings;
  if (typeof options.config === 'string') {
    const file = path.resolve(terminal.cwd, options.config);
    if (!existsSync(file)) throw new CliError(`cannot read ${options.config}: no such file or directory`);
    settings = await loadSettings(file);
  } else if (options.config !== false) {
    const file = findConfig(terminal.cwd);
    if (file !== null) settings = await loadSettings(file);
  }
  const absolute = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : path.resolve(terminal.cwd, name);
  return mergeSettings(settings, {
    ...noSettings,
    target: options.target,
    prefix: absolute(options.prefix),
    root: absolute(options.root),
    define: options.define ?? {},
  });
}

function ruleSettingsOf(settings: Settings, options: LintOptions): RuleSettings {
  const where = settings.sources.at(-1) ?? 'configuration';
  const fromFile = expandSettings(settings.rules, rules, where);
  const given = settingsFromOptions(options.rule ?? []);
  const fromOptions = expandSettings(given, rules, '--rule');
  const merged: Record<string, RuleSettings[string]> = { ...fromFile };
  for (const [code, setting] of Object.entries(fromOptions))
    merged[code] = { ...merged[code], severity: setting.severity };
  // What is no rule's (`nginx/…` warnings) has its severity changed after the run.
  for (const source of [settings.rules, given])
    for (const [code, setting] of Object.entries(source))
      if (/^(nginx|hopwright)\//.test(code)) merged[code] = setting;
  return merged;
}

async function localEnvironment(): Promise<RootOptions['lint']['environment']> {
  const { machine } = await import('../nginx/environment.ts');
  return machine();
}

/**
 * Makes the fixes, or shows them with `--fix-dry-run`. Of standard input the text is printed with its fixes, and no file
 * is written: what is being edited belongs to the editor.
 */
async function fix(
  results: readonly (readonly [Root, LintResult])[],
  inputs: readonly Input[],
  rootOptions: RootOptions,
  options: LintOptions,
  terminal: Terminal,
): Promise<(readonly [Root, LintResult])[]> {
  if (Object.keys(rootOptions.define).length > 0)
    throw new CliError('--fix cannot be used with --define: the files do not hold the text that was checked');
  const input = inputs.find(({ stdin }) => stdin === true) ?? null;
  if (input !== null && inputs.length > 1)
    throw new CliError('--fix takes either standard input or files, not both');
  const { fixRoots, unifiedDiff, writeTexts } = await import('./fixes.ts');
  const { judgeLocations } = await import('../../4-check/judge.ts');
  const run = fixRoots(
    results.map(([root]) => root),
    rootOptions,
    judgeLocations,
  );
  const dry = options.fixDryRun === true;
  if (dry) await terminal.out(await unifiedDiff(run.texts, input, terminal.cwd));
  else if (input === null) writeTexts(run.texts);
  else await printFixed(input, run.texts, terminal);
  const left =
    run.offered === 0
      ? ''
      : `; ${plural(run.offered, 'fix', 'fixes')} would change something else and ${run.offered === 1 ? 'is' : 'are'} only offered`;
  await terminal.err(
    `hopwright: ${dry ? 'would make' : 'made'} ${plural(run.applied, 'fix', 'fixes')} in ${plural(run.texts.size, 'file')}${left}\n`,
  );
  return [...run.results];
}

async function printFixed(
  input: Input,
  texts: ReadonlyMap<string, string>,
  terminal: Terminal,
): Promise<void> {
  const own = path.resolve(terminal.cwd, input.path);
  await terminal.out(Buffer.from(texts.get(own) ?? input.text, 'latin1'));
  for (const file of texts.keys())
    if (file !== own)
      await terminal.err(
        `hopwright: ${displayPath(file, terminal.cwd)} would be fixed too, and is left as it is\n`,
      );
}

async function write(report: Report, options: LintOptions, terminal: Terminal): Promise<void> {
  const render = await formats[options.format]!();
  const { ruleHelp } = await import('./rule-help.ts');
  const text = render(report, {
    color: options.output === undefined && wantsColor(terminal, options.color),
    width: terminal.columns ?? 100,
    workingDirectory: terminal.cwd,
    ruleHelp,
  });
  await deliver(text, options.output, terminal);
}

/** A rule that failed is told, and makes the exit code 2: what it would have found is missing. */
async function reportFailures(
  results: readonly (readonly [Root, LintResult])[],
  terminal: Terminal,
): Promise<boolean> {
  const debug = terminal.env['HOPWRIGHT_DEBUG'] === '1';
  let any = false;
  for (const [root, { failures }] of results)
    for (const { code, error } of failures) {
      any = true;
      const { message, stack } = error as Error;
      const text = debug ? stack : `${message} (HOPWRIGHT_DEBUG=1 shows where)`;
      await terminal.err(`hopwright: internal error: rule ${code} failed on ${root.input.path}: ${text}\n`);
    }
  return any;
}

/** The same finding in a file that several roots include is reported once. */
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((one) => {
    const key = `${one.code}\n${one.file.path}\n${one.span.start}\n${one.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const levels: readonly Severity[] = ['error', 'warning', 'info'];

function fails(diagnostics: readonly Diagnostic[], failOn: Severity | 'never'): boolean {
  if (failOn === 'never') return false;
  const failing = levels.slice(0, levels.indexOf(failOn) + 1);
  return diagnostics.some((one) => failing.includes(one.severity));
}
