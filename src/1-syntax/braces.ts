import type { SourceFile } from '../text/source-file.ts';
import type { BlockDirective, Directive, SyntaxProblem, Word } from './ast.ts';
import { withItsLine } from './edit.ts';
import { unexpectedEnd } from './problem.ts';

/**
 * Which brace is wrong. nginx notices a missing or superfluous `}` only at the end of the file, and pairs every brace
 * before it wrongly; people indent, so the first pair that is not indented alike shows the place.
 */

/** Columns of white space before `offset`, or -1 when something else stands before it on its line. */
function indentation(file: SourceFile, offset: number): number {
  const before = file.text.slice(file.lineStart(file.lineAt(offset)), offset);
  return /^[ \t]*$/.test(before) ? before.replaceAll('\t', '        ').length : -1;
}

/** The blocks of the tree in the order in which they end. */
function* blocksByEnd(items: readonly Directive[]): Generator<BlockDirective> {
  for (const item of items) {
    if (item.block === null) continue;
    yield* blocksByEnd(item.block.items);
    yield item;
  }
}

/** How much deeper the `}` of a block stands than the block, or 0 where that cannot be said. */
function skew(file: SourceFile, block: BlockDirective): number {
  const { close } = block.block;
  if (close === null) return 0;
  const open = indentation(file, block.start);
  const end = indentation(file, close);
  return open === -1 || end === -1 ? 0 : end - open;
}

/** The first item of a block that is not indented deeper than the block: it was meant to stand behind it. */
function firstOutside(file: SourceFile, { start, block }: BlockDirective): number | null {
  const indent = indentation(file, start);
  if (indent === -1) return null;
  const outside = block.items.find((item) => {
    const own = indentation(file, item.start);
    return own !== -1 && own <= indent;
  });
  return outside?.start ?? null;
}

/** The problem of blocks that the end of the file left open, for the finished tree. */
export function unclosedBlocks(file: SourceFile, items: readonly Directive[]): SyntaxProblem {
  const at = file.text.length;
  const glued = findGlued(items);
  if (glued !== null) {
    const detail = `nginx takes "}" for a part of the word "${glued.value}", which closes no block.`;
    const fix = { title: 'Put ";" before the "}"', at: glued.end - 1, remove: 0, insert: ';' };
    return {
      ...unexpectedEnd(
        '"}"',
        { at, from: at, span: { start: glued.start, end: glued.end } },
        { detail, fix },
      ),
      doubtFrom: glued.start,
    };
  }
  const blocks = [...blocksByEnd(items)];
  const open = blocks.filter(({ block }) => block.close === null);
  const suspect = blocks.find((block) => skew(file, block) < 0) ?? open[0]!;
  const before = firstOutside(file, suspect) ?? suspect.block.close;
  const head = describe(suspect);
  const line = file.lineAt(suspect.start);
  const detail =
    open.length > 1
      ? `${open.length} blocks are open at the end of the file; the innermost that looks so is ${head}, opened on line ${line}.`
      : `The block ${head}, opened on line ${line}, is not closed.`;
  const fix = open.length > 1 ? null : insertBrace(file, suspect, before ?? at);
  const span = { start: suspect.start, end: suspect.block.open + 1 };
  return { ...unexpectedEnd('"}"', { at, from: at, span }, { detail, fix }), doubtFrom: before };
}

/** The first word that ends in a `}` of which nothing says that it belongs to it. */
function findGlued(items: readonly Directive[]): Word | null {
  for (const { name, args, block } of items) {
    const found = [name, ...args].find(isGlued) ?? (block === null ? null : findGlued(block.items));
    if (found !== null) return found;
  }
  return null;
}

/** Whether a word has taken in the `}` of a block, for want of a `;`. */
export function isGlued({ value, quote }: Word): boolean {
  return quote === '' && value.length > 1 && value.endsWith('}') && !value.includes('{');
}

function insertBrace({ text }: SourceFile, suspect: BlockDirective, before: number): SyntaxProblem['fix'] {
  const lineStart = text.lastIndexOf('\n', before - 1) + 1;
  const ownLine = /^[ \t]*$/.test(text.slice(lineStart, before));
  const start = text.lastIndexOf('\n', suspect.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start, suspect.start))![0];
  const title = `Close the block ${describe(suspect)}`;
  if (!ownLine) return { title, at: before, remove: 0, insert: before === text.length ? '\n}\n' : '} ' };
  return { title, at: lineStart, remove: 0, insert: `${indent}}\n` };
}

/** Finds what makes the `}` at the problem's place one too many: another `}`, or a block that never got its `{`. */
export function strayBrace(
  file: SourceFile,
  items: readonly Directive[],
  found: SyntaxProblem,
): SyntaxProblem {
  const suspect = [...blocksByEnd(items)].find((block) => skew(file, block) > 0);
  const close = suspect === undefined ? found.at : suspect.block.close!;
  const line = file.lineAt(close);
  const unopened = findUnopened(file, items, close);
  if (unopened !== null) {
    const { head, at } = unopened;
    const detail = `The "}" on line ${line} was to close "${head.name.value}" of line ${file.lineAt(head.start)}, which has no "{".`;
    const fix = { title: 'Insert the missing "{"', at, remove: 0, insert: ' {' };
    return { ...found, span: { start: head.start, end: at }, detail, fix, doubtFrom: head.start };
  }
  if (suspect === undefined) return found;
  const detail = `The "}" on line ${line} seems to be the one too many: it closes ${describe(suspect)} of line ${file.lineAt(suspect.start)}.`;
  const gone = withItsLine(file, close, close + 1);
  const fix = { title: 'Remove the "}"', at: gone.start, remove: gone.end - gone.start, insert: '' };
  return { ...found, span: { start: close, end: close + 1 }, detail, fix, doubtFrom: close };
}

interface Unopened {
  readonly head: Directive;
  /** Behind the word after which `{` is missing. */
  readonly at: number;
}

/** The last directive before `close`, indented like it, whose words run on over deeper indented lines. */
function findUnopened(file: SourceFile, items: readonly Directive[], close: number): Unopened | null {
  const indent = indentation(file, close);
  let last: Unopened | null = null;
  for (const item of items) {
    if (item.start > close) break;
    if (item.block !== null) last = findUnopened(file, item.block.items, close) ?? last;
    if (indent === -1 || indentation(file, item.start) !== indent) continue;
    const words = [item.name, ...item.args];
    const run = words.findIndex((word, index) => index > 0 && indentation(file, word.start) > indent);
    if (run > 0) last = { head: item, at: words[run - 1]!.end };
  }
  return last;
}

function describe({ name, args }: BlockDirective): string {
  const words = [name, ...args].map(({ value }) => value).join(' ');
  return `"${words.length > 40 ? `${words.slice(0, 40)}…` : words}"`;
}
