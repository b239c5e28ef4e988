import { isSpace } from '../../grammar/scan.ts';
import type { Edit } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { BlockDirective, Directive, Word } from './ast.ts';
import { quoteWord } from './quote.ts';

/** Edits of a configuration that keep its comments and its layout. Lines are given without indentation and line end. */

const LF = 10;

/** The white space before `offset` on its line, or null when something else stands before it. */
export function indentationAt({ text }: SourceFile, offset: number): string | null {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*$/.test(before) ? before : null;
}

/** Indentation of what stands in a block: that of its first item, else four more than the block's own. */
function indentationIn({ file, start, block }: BlockDirective): string {
  for (const item of block.items) {
    const own = item.file === file ? indentationAt(file, item.start) : null;
    if (own !== null) return own;
  }
  const outer = indentationAt(file, start) ?? '';
  return outer + (outer.includes('\t') ? '\t' : '    ');
}

/** The same argument or name with another value. */
export function replaceWord(file: SourceFile, { start, end }: Word, value: string): Edit {
  return { file, start, end, text: quoteWord(value) };
}

/** New lines behind a directive, and behind a comment on its last line. */
export function insertAfter({ file, start, end }: Directive, lines: readonly string[]): Edit {
  const indent = indentationAt(file, start);
  if (indent === null) return insertion(file, end, inLine(lines));
  const rest = /^[ \t]*(?:#[^\n]*)?(?=\n|$)/.exec(file.text.slice(end, lineEnd(file, end)));
  return insertion(file, end + (rest?.[0].trimEnd().length ?? 0), asLines(file, lines, indent));
}

/** New lines before a directive, below the comments above it. */
export function insertBefore({ file, start }: Directive, lines: readonly string[]): Edit {
  const indent = indentationAt(file, start);
  const end = lineBreak(file);
  const text = lines.map((line) => (indent === null ? `${line} ` : `${line}${end}${indent}`)).join('');
  return insertion(file, start, text);
}

/** New lines at the beginning of a block, before what it holds. */
export function insertAtStart(directive: BlockDirective, lines: readonly string[]): Edit {
  const { file, block } = directive;
  const at = block.open + 1;
  const rest = file.text.slice(at, lineEnd(file, at)).trim();
  if (rest.startsWith('}')) return fillEmpty(directive, lines);
  const inline = rest !== '' && !rest.startsWith('#');
  return insertion(file, at, inline ? inLine(lines) : asLines(file, lines, indentationIn(directive)));
}

/** New lines at the end of a block, behind what it holds. */
export function insertAtEnd(directive: BlockDirective, lines: readonly string[]): Edit {
  const { file, block } = directive;
  const last = block.items.at(-1);
  if (last !== undefined && last.file === file) return insertAfter(last, lines);
  const at = block.close ?? file.text.length;
  const trivia = file.text.slice(block.open + 1, at);
  if (block.close !== null && !trivia.includes('\n')) return fillEmpty(directive, lines);
  return insertion(
    file,
    block.open + 1 + trivia.trimEnd().length,
    asLines(file, lines, indentationIn(directive)),
  );
}

/** Lines for a block that holds nothing and ends on the line of its `{`. */
function fillEmpty(directive: BlockDirective, lines: readonly string[]): Edit {
  const { file, start, block } = directive;
  const outer = indentationAt(file, start);
  const text =
    outer === null
      ? `${inLine(lines)} `
      : asLines(file, lines, indentationIn(directive)) + lineBreak(file) + outer;
  return { file, start: block.open + 1, end: block.close!, text };
}

/** Takes a directive away, with its line when nothing else stands on it. */
export function removeDirective({ file, start, end }: Directive): Edit {
  return { file, ...withItsLine(file, start, end), text: '' };
}

/** The bytes to take away so that nothing of `[start, end)` stays: the whole line when nothing else stands on it. */
export function withItsLine(
  file: SourceFile,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const { text } = file;
  // Only over white space: a file on one line may hold a thousand mistakes.
  let lineStart = start;
  while (isBlank(text.charCodeAt(lineStart - 1))) lineStart--;
  let next = end;
  while (isBlank(text.charCodeAt(next))) next++;
  const alone =
    (lineStart === 0 || text[lineStart - 1] === '\n') && (next === text.length || text[next] === '\n');
  return alone ? { start: lineStart, end: Math.min(next + 1, text.length) } : { start, end };
}

function isBlank(code: number): boolean {
  return code !== LF && isSpace(code);
}

function inLine(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join('');
}

function asLines(file: SourceFile, lines: readonly string[], indent: string): string {
  return lines.map((line) => lineBreak(file) + indent + line).join('');
}

function lineBreak({ text }: SourceFile): string {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

function lineEnd({ text }: SourceFile, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

function insertion(file: SourceFile, at: number, text: string): Edit {
  return { file, start: at, end: at, text };
}
