import type { Directive } from '../1-syntax/ast.ts';
import { parseFile } from '../1-syntax/parse.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../text/source-file.ts';

/**
 * Comments that silence findings:
 *
 *     proxy_set_header Connection close;  # hopwright-ignore ws/connection: plain API
 *     # hopwright-ignore security/alias-traversal, location/*: served by tests only
 *     location /i { … }
 *     # hopwright-ignore-file style/root-in-location: generated
 *
 * On a line with code it counts for that line; on a line of its own for the next statement with all it contains.
 * The reason is mandatory. What nginx itself refuses cannot be silenced.
 */
interface Suppression {
  readonly file: SourceFile;
  readonly comment: Span;
  readonly codes: readonly string[];
  /** Findings that start in here are silenced. */
  readonly range: Span;
  used: boolean;
}

export interface Suppressed {
  /** What is left, with reports of unused and malformed comments added. */
  readonly diagnostics: readonly Diagnostic[];
  readonly silenced: number;
}

const marker = 'hopwright-ignore';
const shape = /^#\s*hopwright-ignore(-file)?\b([^:]*)(?::(.*))?$/s;
const code = /^[\w-]+\/(?:[\w-]+|\*)$/;

/** Whether `pattern`, a code or a family such as `ws/*`, covers `code`. */
export function covers(pattern: string, code: string): boolean {
  return pattern === code || (pattern.endsWith('/*') && code.startsWith(pattern.slice(0, -1)));
}

/** Takes away what the comments of `files` silence. `ran` tells whether a rule ran at all, so that its comments are not called unused. */
export function applySuppressions(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  ran: (pattern: string) => boolean,
): Suppressed {
  const suppressions: Suppression[] = [];
  const reports: Diagnostic[] = [];
  for (const file of files) if (file.text.includes(marker)) collectFrom(file, suppressions, reports);
  if (suppressions.length === 0 && reports.length === 0) return { diagnostics, silenced: 0 };
  const left = diagnostics.filter((one) => !silence(one, suppressions));
  for (const one of suppressions)
    if (!one.used && one.codes.some(ran))
      reports.push(
        problem(
          one.file,
          one.comment,
          'hopwright/unused-ignore',
          `nothing to ignore for ${one.codes.join(', ')}`,
        ),
      );
  return { diagnostics: [...left, ...reports], silenced: diagnostics.length - left.length };
}

function silence(one: Diagnostic, suppressions: readonly Suppression[]): boolean {
  if (one.code.startsWith('nginx/') && one.severity === 'error') return false;
  const match = suppressions.filter(
    (suppression) =>
      suppression.file === one.file &&
      one.span.start >= suppression.range.start &&
      one.span.start < suppression.range.end &&
      suppression.codes.some((pattern) => covers(pattern, one.code)),
  );
  for (const suppression of match) suppression.used = true;
  return match.length > 0;
}

function collectFrom(file: SourceFile, suppressions: Suppression[], reports: Diagnostic[]): void {
  const parsed = parseFile(file);
  for (const comment of parsed.comments) {
    const text = file.text.slice(comment.start, comment.end);
    if (!text.includes(marker)) continue;
    const match = shape.exec(text.trimEnd());
    if (match === null) continue;
    const codes = match[2]!.split(/[\s,]+/).filter((word) => word !== '');
    const wrong = codes.find((word) => !code.test(word));
    if (codes.length === 0 || wrong !== undefined) {
      const what = wrong === undefined ? 'names no rule' : `"${wrong}" is no rule code`;
      reports.push(
        problem(file, comment, 'hopwright/ignore-without-code', `this comment ignores nothing: ${what}`),
      );
    } else if ((match[3] ?? '').trim() === '')
      reports.push(
        problem(
          file,
          comment,
          'hopwright/ignore-without-reason',
          'this comment ignores nothing: the reason is missing',
        ),
      );
    else {
      const range = match[1] === '-file' ? { start: 0, end: Infinity } : reach(file, comment, parsed.items);
      suppressions.push({ file, comment, codes, range, used: false });
    }
  }
}

function problem(file: SourceFile, span: Span, code: string, message: string): Diagnostic {
  return diagnostic({
    code,
    severity: 'warning',
    message,
    file,
    span,
    help: `Write "# ${marker} CODE: reason", or remove the comment.`,
  });
}

function reach(file: SourceFile, comment: Span, items: readonly Directive[]): Span {
  const line = file.lineAt(comment.start);
  const start = file.lineStart(line);
  const alone = file.text.slice(start, comment.start).trim() === '';
  if (!alone) return { start, end: file.lineStart(line + 1) };
  const next = nextStatement(items, comment.end);
  return next === null ? { start: comment.end, end: comment.end } : { start: next.start, end: next.end };
}

/** The first directive that starts behind `offset`, at whatever depth. */
function nextStatement(items: readonly Directive[], offset: number): Directive | null {
  for (const item of items) {
    if (item.start >= offset) return item;
    if (item.end > offset && item.block !== null) return nextStatement(item.block.items, offset);
  }
  return null;
}
