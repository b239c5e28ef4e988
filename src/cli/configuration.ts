import path from 'node:path';
import { resolve, type ResolveOptions } from '../2-resolve/resolve.ts';
import type { ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { sortDiagnostics } from '../4-check/check.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { newestVersion, TargetVersions } from '../nginx/versions.ts';
import { SourceFile } from '../text/source-file.ts';
import { CliError, systemReason } from './cli-error.ts';
import { readBytes } from './lint/inputs.ts';
import type { SharedOptions } from './shared-options.ts';
import { substitute, templateReader } from './templates.ts';
import { wantsColor, type Terminal } from './terminal.ts';

/** A configuration as the commands that take exactly one read it. */
export interface ConfigurationOptions extends SharedOptions {
  readonly stdinFilename?: string;
}

/** The entry file named on the command line, or standard input for `-`; `--define` applied. */
export function readEntry(name: string, options: ConfigurationOptions, terminal: Terminal): SourceFile {
  if (name !== '-')
    return new SourceFile(
      name,
      substitute(readBytes(path.resolve(terminal.cwd, name), name), options.define ?? {}),
    );
  try {
    return new SourceFile(
      options.stdinFilename ?? '<stdin>',
      substitute(terminal.stdin(), options.define ?? {}),
    );
  } catch (error) {
    throw new CliError(`cannot read standard input: ${systemReason(error)}`);
  }
}

/** How a configuration is read with the options that all commands share; without the version that judges. */
export function resolveOptions(
  entry: SourceFile,
  options: ConfigurationOptions,
  terminal: Terminal,
): Omit<ResolveOptions, 'target'> {
  return {
    prefix: options.prefix === undefined ? undefined : path.resolve(terminal.cwd, options.prefix),
    root: options.root === undefined ? undefined : path.resolve(terminal.cwd, options.root),
    confPrefix: path.dirname(path.resolve(terminal.cwd, entry.path)),
    reader: templateReader(options.define ?? {}),
  };
}

/** Resolves an entry for one version (`any` counts as the newest). */
export function resolveEntry(
  entry: SourceFile,
  options: ConfigurationOptions,
  terminal: Terminal,
  version?: string,
): ResolvedConfig {
  const target = new TargetVersions(version ?? options.target ?? 'any').judge;
  return resolve(entry, { ...resolveOptions(entry, options, terminal), target });
}

/**
 * Says on standard error, beside what nginx refuses, that a file belongs into a block of another: a file of `conf.d` is taken
 * for a configuration easily.
 */
export async function hintAtFragment(entry: SourceFile, terminal: Terminal): Promise<void> {
  const { fitContext } = await import('../4-check/fragment.ts');
  const { context, share } = fitContext(entry, newestVersion);
  if (context === 'main' || share < 1) return;
  const { displayPath } = await import('../report/text.ts');
  const name = displayPath(entry.path, terminal.cwd);
  await terminal.err(
    `hopwright: ${name} is what stands in ${context}, not a whole configuration: name the one that includes it\n`,
  );
}

/** Shows diagnostics on standard error in the form for people. */
export async function showDiagnostics(
  config: ResolvedConfig,
  diagnostics: readonly Diagnostic[],
  options: { readonly color?: boolean },
  terminal: Terminal,
): Promise<void> {
  if (diagnostics.length === 0) return;
  const { renderPretty } = await import('../report/pretty.ts');
  const { tool } = await import('./version.ts');
  await terminal.err(
    renderPretty(
      {
        tool: tool(),
        target: config.target,
        roots: [],
        files: config.files.map((file) => file.path),
        diagnostics: sortDiagnostics(diagnostics),
        silenced: 0,
      },
      {
        color: wantsColor(terminal, options.color),
        width: terminal.columns ?? 100,
        workingDirectory: terminal.cwd,
        ruleHelp: () => null,
      },
    ),
  );
}
