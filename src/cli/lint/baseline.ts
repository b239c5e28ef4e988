import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { fingerprints } from '../../report/fingerprint.ts';
import { displayPath, displayText } from '../../report/text.ts';
import { CliError, systemReason } from '../cli-error.ts';

/** The findings of a moment, by fingerprint; the rest of an entry is for people who read the diff. */
interface BaselineFile {
  readonly version: 1;
  readonly findings: readonly {
    readonly fingerprint: string;
    readonly code: string;
    readonly file: string;
    readonly message: string;
  }[];
}

/** The diagnostics that the baseline does not hold. What nginx refuses is never in one. */
export function withoutBaseline(
  diagnostics: readonly Diagnostic[],
  file: string,
  workingDirectory: string,
): readonly Diagnostic[] {
  if (!existsSync(file)) throw new CliError(`baseline ${file} does not exist; --update-baseline writes it`);
  const known = new Set(read(file).findings.map((one) => one.fingerprint));
  const names = fingerprints(diagnostics, workingDirectory);
  return diagnostics.filter((one, at) => !known.has(names[at]!) || refusedByNginx(one));
}

/** Writes the present findings. */
export function writeBaseline(
  diagnostics: readonly Diagnostic[],
  file: string,
  workingDirectory: string,
): void {
  const kept = diagnostics.filter((one) => !refusedByNginx(one));
  const names = fingerprints(kept, workingDirectory);
  const content: BaselineFile = {
    version: 1,
    findings: kept.map((one, at) => ({
      fingerprint: names[at]!,
      code: one.code,
      file: displayPath(one.file.path, workingDirectory),
      message: displayText(one.message),
    })),
  };
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    throw new CliError(`cannot write ${file}: ${systemReason(error)}`);
  }
}

function refusedByNginx(one: Diagnostic): boolean {
  return one.severity === 'error' && one.code.startsWith('nginx/');
}

function read(file: string): BaselineFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CliError(`cannot read baseline ${file}: ${systemReason(error)}`);
  }
  const { version, findings } = (value ?? {}) as Partial<BaselineFile>;
  if (version !== 1 || !Array.isArray(findings)) throw new CliError(`${file} is no baseline file`);
  return { version, findings };
}
