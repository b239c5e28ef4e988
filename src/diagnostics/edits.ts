import type { SourceFile } from '../text/source-file.ts';
import type { Edit } from './diagnostic.ts';

type TextEdit = Pick<Edit, 'start' | 'end' | 'text'>;

function inOrder<T extends TextEdit>(edits: readonly T[]): T[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Whether two edits touch the same bytes. Insertions at one point do not overlap: they follow each other. */
export function overlap(a: TextEdit, b: TextEdit): boolean {
  return a.start < b.end && b.start < a.end;
}

/** `text` with the edits made; the edits must not overlap. Offsets count from `origin`. */
export function applyEdits(text: string, edits: readonly TextEdit[], origin = 0): string {
  let result = '';
  let at = origin;
  for (const edit of inOrder(edits)) {
    result += text.slice(at - origin, edit.start - origin) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at - origin);
}

/** Whole lines that edits replace: `removed` stood from line `line` (from 1) on; with none, `added` goes before it. */
export interface Hunk {
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** What edits of one file do to its lines, in order, each as small as it can be. */
export function hunksOf(file: SourceFile, edits: readonly TextEdit[]): Hunk[] {
  const hunks: Hunk[] = [];
  let group: TextEdit[] = [];
  let last = 0;
  const flush = (): void => {
    if (group.length > 0) hunks.push(hunkOf(file, group, last));
    group = [];
  };
  for (const edit of inOrder(edits)) {
    if (group.length > 0 && file.lineAt(edit.start) > last) flush();
    last = Math.max(group.length === 0 ? 0 : last, file.lineAt(edit.end));
    group.push(edit);
  }
  flush();
  return hunks;
}

function hunkOf(file: SourceFile, edits: readonly TextEdit[], lastLine: number): Hunk {
  const firstLine = file.lineAt(edits[0]!.start);
  const start = file.lineStart(firstLine);
  const before = file.text.slice(start, file.lineStart(lastLine + 1));
  const removed = before.split('\n');
  const added = applyEdits(before, edits, start).split('\n');
  if (file.hasLine(lastLine + 1)) {
    // The last line end is no edit's; what stands behind it is the next line, which is not this hunk's.
    removed.pop();
    added.pop();
  }
  let same = 0;
  while (same < removed.length && same < added.length && removed[same] === added[same]) same++;
  let tail = 0;
  while (
    tail < removed.length - same &&
    tail < added.length - same &&
    removed.at(-1 - tail) === added.at(-1 - tail)
  )
    tail++;
  return {
    line: firstLine + same,
    removed: removed.slice(same, removed.length - tail),
    added: added.slice(same, added.length - tail),
  };
}
