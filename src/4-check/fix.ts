import { applyEdits, overlap } from '../diagnostics/edits.ts';
import type { Diagnostic, Edit, Fix } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { LintResult } from './lint.ts';

/** The text of changed files by path, as `SourceFile.path` has it. */
export type Changes = ReadonlyMap<string, string>;

export interface FixOutcome {
  /** The last state's result. */
  readonly result: LintResult;
  readonly changes: Changes;
  /** Titles of the fixes made, in order. */
  readonly applied: readonly string[];
  /** Findings whose fix was not sure enough: making it would have changed something else for the worse. */
  readonly offered: readonly Diagnostic[];
}

/** Lints the configuration with some files changed. */
export type Relint = (changes: Changes) => LintResult;

/**
 * What must not get worse besides findings: for instance a verdict per location. Keys name what is judged, and a
 * greater rank is better.
 */
export type Judge = (result: LintResult) => ReadonlyMap<string, number>;

const mostRounds = 20;
const mostSingleTrials = 100;

/**
 * Makes the fixes that are sure. A set of edits stays only if nothing got worse: nginx accepts what it accepted, no
 * finding is new, and `judge` ranks nothing lower. Fixes are tried together first, then one by one, until no more fits.
 */
export function applyFixes(relint: Relint, judge: Judge): FixOutcome {
  let changes: Changes = new Map();
  let result = relint(changes);
  const applied: string[] = [];
  const refused = new Set<string>();
  const original = new Map(result.config.files.map(({ path, text }) => [path, text]));
  const stateOf = (state: Changes): string =>
    JSON.stringify([...state].filter(([path, text]) => original.get(path) !== text).sort());
  const states = new Set([stateOf(changes)]);
  for (let round = 0; round < mostRounds; round++) {
    const candidates = result.diagnostics.filter((one) => one.fixes.length > 0 && !refused.has(keyOf(one)));
    const compatible = withoutOverlaps(candidates);
    if (compatible.length === 0) break;
    const attempt = (chosen: readonly Diagnostic[]): boolean => {
      const next = change(
        changes,
        chosen.map((one) => one.fixes[0]!),
      );
      // A fix that undoes another leads nowhere.
      if (states.has(stateOf(next))) return false;
      const after = relint(next);
      if (!noWorse(result, after, judge)) return false;
      changes = next;
      states.add(stateOf(next));
      result = after;
      applied.push(...chosen.map((one) => one.fixes[0]!.title));
      return true;
    };
    if (attempt(compatible)) continue;
    let made = false;
    // After one fix the offsets of the others are stale, so each success starts a new round.
    for (const one of compatible.slice(0, mostSingleTrials)) {
      made = compatible.length > 1 && attempt([one]);
      if (made) break;
      refused.add(keyOf(one));
    }
    if (!made) break;
  }
  return { result, changes, applied, offered: result.diagnostics.filter((one) => refused.has(keyOf(one))) };
}

/** What identifies a finding across edits that move it. */
function keyOf(one: Diagnostic): string {
  return `${one.code}\n${one.file.path}\n${one.message}\n${one.file.lineText(one.file.lineAt(one.span.start)).trim()}`;
}

function withoutOverlaps(candidates: readonly Diagnostic[]): Diagnostic[] {
  const taken = new Map<SourceFile, Edit[]>();
  const made = new Set<string>();
  const chosen: Diagnostic[] = [];
  for (const one of candidates) {
    // The same edit twice, such as the one map that several locations miss, is made once and is no conflict.
    const fresh = one.fixes[0]!.edits.filter((edit) => !made.has(editKey(edit)));
    if (fresh.some((edit) => taken.get(edit.file)?.some((other) => touches(edit, other)) === true)) continue;
    for (const edit of fresh) {
      made.add(editKey(edit));
      if (!taken.has(edit.file)) taken.set(edit.file, []);
      taken.get(edit.file)!.push(edit);
    }
    chosen.push(one);
  }
  return chosen;
}

/** Two insertions at one point from different fixes may contradict each other: the next round looks again. */
function touches(a: Edit, b: Edit): boolean {
  return overlap(a, b) || a.start === b.start;
}

function editKey({ file, start, end, text }: Edit): string {
  return `${start} ${end} ${file.path}\n${text}`;
}

function change(changes: Changes, fixes: readonly Fix[]): Map<string, string> {
  const next = new Map(changes);
  const unique = new Map(fixes.flatMap(({ edits }) => edits).map((edit) => [editKey(edit), edit]));
  for (const [file, edits] of Map.groupBy(unique.values(), ({ file }) => file))
    next.set(file.path, applyEdits(file.text, edits));
  return next;
}

function noWorse(before: LintResult, after: LintResult, judge: Judge): boolean {
  if (before.verdict.ok && !after.verdict.ok) return false;
  // Rules say little about what nginx refuses: once it is accepted, what they find was there before.
  const fresh = newFindings(before, after).filter(
    (one) => before.verdict.ok || one.code.startsWith('nginx/'),
  );
  const mended = errorsIn(before) - errorsIn(after);
  // One broken link may hide the next: an error for an error is a step when it can be mended in turn.
  const uncovered = fresh.filter((one) => one.severity === 'error');
  if (uncovered.some((one) => mended < 0 || one.fixes.length === 0)) return false;
  // What failed may be left imperfect: an error for a warning is a gain.
  if (fresh.filter((one) => one.severity === 'warning').length > Math.max(mended, 0)) return false;
  const ranks = judge(after);
  for (const [name, rank] of judge(before)) if ((ranks.get(name) ?? rank) < rank) return false;
  return true;
}

function errorsIn({ diagnostics }: LintResult): number {
  return diagnostics.filter((one) => one.severity === 'error').length;
}

/** What `after` finds more often than `before`, wherever it stands now. */
function newFindings(before: LintResult, after: LintResult): Diagnostic[] {
  const nameOf = (one: Diagnostic): string => `${one.code}\n${one.severity}\n${one.message}`;
  const left = new Map<string, number>();
  for (const one of before.diagnostics) left.set(nameOf(one), (left.get(nameOf(one)) ?? 0) + 1);
  return after.diagnostics.filter((one) => {
    const count = (left.get(nameOf(one)) ?? 0) - 1;
    left.set(nameOf(one), count);
    return count < 0;
  });
}
