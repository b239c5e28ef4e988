import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyFixes, type FixOutcome, type Judge } from '../../4-check/fix.ts';
import type { LintResult } from '../../4-check/lint.ts';
import { decode, displayPath } from '../../report/text.ts';
import { CliError, systemReason } from '../cli-error.ts';
import { lintRoot, type Root, type RootOptions } from './roots.ts';
import { readBytes, type Input } from './inputs.ts';

/** The fixes of one run: what to write, and each root's result after them. */
export interface FixRun {
  readonly results: readonly (readonly [Root, LintResult])[];
  /** New text by absolute path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: number;
  readonly offered: number;
}

/** Fixes the roots one after the other; a file that several share is seen by the later ones as the earlier ones left it. */
export function fixRoots(roots: readonly Root[], options: RootOptions, judge: Judge): FixRun {
  const texts = new Map<string, string>();
  const outcomes: (readonly [Root, FixOutcome])[] = [];
  for (const root of roots) {
    const outcome = applyFixes((changes) => {
      const all = new Map(texts);
      for (const [file, text] of changes) all.set(path.resolve(options.cwd, file), text);
      return lintRoot(root, options, all);
    }, judge);
    for (const [file, text] of outcome.changes) texts.set(path.resolve(options.cwd, file), text);
    outcomes.push([root, outcome]);
  }
  return {
    results: outcomes.map(([root, outcome]) => [root, outcome.result]),
    texts,
    applied: outcomes.reduce((sum, [, outcome]) => sum + outcome.applied.length, 0),
    offered: outcomes.reduce((sum, [, outcome]) => sum + outcome.offered.length, 0),
  };
}

/**
 * Writes files back as they are now.
 *
 * @throws CliError when one cannot be written
 */
export function writeTexts(texts: ReadonlyMap<string, string>): void {
  for (const [file, text] of texts)
    try {
      writeFileSync(file, text, 'latin1');
    } catch (error) {
      throw new CliError(`cannot write ${file}: ${systemReason(error)}`);
    }
}

/**
 * What {@link writeTexts} would change, as one unified diff that `patch -p1` takes. `input` is what was linted through
 * standard input: of its file, if there is one, that is the text that counts.
 */
export async function unifiedDiff(
  texts: ReadonlyMap<string, string>,
  input: Input | null,
  cwd: string,
): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  const own = input === null ? null : path.resolve(cwd, input.path);
  const parts: string[] = [];
  for (const [file, text] of texts) {
    const shown = displayPath(file, cwd);
    const before = file === own ? input!.text : readBytes(file, shown);
    if (before !== text)
      parts.push(
        createTwoFilesPatch(`a/${shown}`, `b/${shown}`, decode(before), decode(text), undefined, undefined, {
          headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
        }),
      );
  }
  return parts.join('');
}
