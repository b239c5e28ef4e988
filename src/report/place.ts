import type { SourceFile, Span } from '../text/source-file.ts';

/** A span as lines and columns, all from 1; the end is the position after its last character. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where `span` stands. A span that ends just after a line break ends with that line, not before the next. */
export function rangeOf(file: SourceFile, span: Span): Range {
  const start = file.positionAt(span.start);
  const last = span.end > span.start && file.text[span.end - 1] === '\n' ? span.end - 1 : span.end;
  const end = file.positionAt(Math.max(last, span.start));
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}
