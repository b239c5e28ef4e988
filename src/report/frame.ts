import type { Hunk } from '../diagnostics/edits.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import { columns, decode, displayText } from './text.ts';

/** One row of a code frame. `sign` tells what it is; a caret row underlines the row above. */
export interface FrameRow {
  readonly line: number | null;
  readonly sign: ' ' | '+' | '-' | '^';
  readonly text: string;
}

/** Lines of a frame that stand apart are separated by a row with this text. */
export const gap = '…';

const around = 1;
const longestSpan = 4;

/**
 * The lines around `span` with carets under it, and the lines that a fix would take away and add, when they are near.
 * Rows are text for people; the caller colours them. `width` is what a row's text may take.
 */
export function codeFrame(
  file: SourceFile,
  span: Span | null,
  hunks: readonly Hunk[],
  width: number,
): FrameRow[] {
  const first = span === null ? hunks[0]!.line : file.lineAt(span.start);
  const last = span === null ? first : Math.max(first, file.lineAt(Math.max(span.start, span.end - 1)));
  const wanted = new Set<number>();
  const want = (from: number, to: number): void => {
    for (let line = from; line <= to; line++) if (line >= 1 && file.hasLine(line)) wanted.add(line);
  };
  if (span !== null) {
    want(first - around, Math.min(last, first + longestSpan - 1));
    if (last - first >= longestSpan) want(last, last);
    else want(last + 1, last + around);
  }
  for (const hunk of hunks) want(hunk.line - around, hunk.line + Math.max(hunk.removed.length, 1) - 1);

  const rows: FrameRow[] = [];
  let previous = 0;
  for (const line of [...wanted].sort((a, b) => a - b)) {
    if (previous !== 0 && line > previous + 1) rows.push({ line: null, sign: ' ', text: gap });
    previous = line;
    const before = hunks.find((hunk) => hunk.line === line && hunk.removed.length === 0);
    if (before !== undefined) rows.push(...addedRows(before));
    rows.push(...lineRows(file, line, span, first, last, hunks, width));
  }
  const trimmed = rows.filter((row, at) => !isBlankEdge(row, at, rows));
  return trimmed.map((row) => (row.sign === '^' ? row : { ...row, text: row.text.trimEnd() }));
}

function isBlankEdge(row: FrameRow, at: number, rows: readonly FrameRow[]): boolean {
  return row.sign === ' ' && row.text.trim() === '' && (at === 0 || at === rows.length - 1);
}

function addedRows(hunk: Hunk): FrameRow[] {
  return hunk.added.map((text) => ({ line: null, sign: '+', text: expand(decode(text.replace(/\r$/, ''))) }));
}

function lineRows(
  file: SourceFile,
  line: number,
  span: Span | null,
  first: number,
  last: number,
  hunks: readonly Hunk[],
  width: number,
): FrameRow[] {
  const bytes = file.lineText(line);
  const start = file.lineStart(line);
  const from = span === null ? 0 : Math.max(0, span.start - start);
  const marked = span !== null && line >= first && line <= last;
  const window = clip(bytes, marked ? from : 0, width);
  const text = window.before + window.behind;
  const changed = hunks.find((one) => line >= one.line && line < one.line + one.removed.length);
  const rows: FrameRow[] = [{ line, sign: changed === undefined ? ' ' : '-', text }];
  if (marked && line === first) {
    const to = line === last ? Math.min(bytes.length, span.end - start) : bytes.length;
    const before = columns(window.before);
    const under = columns(expand(decode(bytes.slice(from, Math.min(Math.max(to, from), from + width)))));
    const carets = Math.max(1, Math.min(under, columns(text) - before));
    rows.push({ line: null, sign: '^', text: ' '.repeat(before) + '^'.repeat(carets) });
  }
  if (changed === undefined || line !== changed.line + changed.removed.length - 1) return rows;
  const [added, ...more] = changed.added;
  if (added === undefined || more.length > 0) return [...rows, ...addedRows(changed)];
  return [...rows, changedRow(added.replace(/\r$/, ''), bytes, marked ? from : 0, width)];
}

/** A line in place of another; a long one is cut as that is, or around the first difference where that would not show it. */
function changedRow(added: string, removed: string, focus: number, width: number): FrameRow {
  let same = 0;
  while (same < added.length && added[same] === removed[same]) same++;
  const isShown = same >= focus && same - focus < width / 2;
  const { before, behind } = clip(added, isShown ? focus : characterStart(added, same), width);
  return { line: null, sign: '+', text: before + behind };
}

/** Columns that stay in front of what matters when a long line is cut. */
const ahead = 20;

/** A line as people see it, in front of and behind the byte that matters; a long one is cut, and says so. */
function clip(bytes: string, focus: number, width: number): { before: string; behind: string } {
  // No more bytes than the width can hold, each up to four for a character; whole characters of UTF-8.
  const first = characterStart(bytes, Math.max(0, focus - 4 * width));
  const end = characterStart(bytes, Math.min(bytes.length, focus + 4 * width));
  let before = expand(decode(bytes.slice(first, focus)));
  let behind = expand(decode(bytes.slice(focus, end)));
  if (first > 0 || columns(before) > width - ahead) {
    const whole = columns(before) + columns(behind) <= width && first === 0 && end === bytes.length;
    if (!whole) before = `${gap}${lastColumns(before, ahead - 1)}`;
  }
  const room = width - columns(before);
  if (end < bytes.length || columns(behind) > room) behind = `${firstColumns(behind, room - 1)}${gap}`;
  return { before, behind };
}

function characterStart(bytes: string, at: number): number {
  let start = at;
  while (start > 0 && start < bytes.length && (bytes.charCodeAt(start) & 0xc0) === 0x80) start--;
  return start;
}

function firstColumns(text: string, room: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += columns(character);
    if (used > room) break;
    taken += character;
  }
  return taken;
}

function lastColumns(text: string, room: number): string {
  const kept: string[] = [];
  let used = 0;
  for (const character of [...text].reverse()) {
    used += columns(character);
    if (used > room) break;
    kept.unshift(character);
  }
  return kept.join('');
}

/** Tabs become four columns, so that carets stand under what they mean; other control characters are written out. */
function expand(text: string): string {
  return displayText(text.replaceAll('\t', '    '));
}
