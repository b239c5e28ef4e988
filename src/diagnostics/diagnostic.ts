import type { SourceFile, Span } from '../text/source-file.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Replace the bytes `[start, end)` of `file` by `text` (latin1 byte string). */
export interface Edit {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix {
  /** What the fix does, as an imperative sentence without a full stop. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

export interface RelatedPlace {
  readonly file: SourceFile;
  readonly span: Span;
  readonly message: string;
}

/** Something to say about a place in a configuration. Rendered only by `src/report/`. */
export interface Diagnostic {
  /** `nginx/…` for what nginx itself refuses or warns about, `ws/…` and other families for rules. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence; nginx's own wording where nginx has one. */
  readonly message: string;
  /** Our explanation: why, what happens to people, what was probably meant. Empty when there is nothing to add. */
  readonly detail: string;
  readonly file: SourceFile;
  readonly span: Span;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  /** What to do, in one or two sentences; null when the message says it. */
  readonly help: string | null;
}

export type DiagnosticInput = Pick<Diagnostic, 'code' | 'severity' | 'message' | 'file' | 'span'> &
  Partial<Pick<Diagnostic, 'detail' | 'related' | 'fixes' | 'help'>>;

/** Fills in the optional parts of a diagnostic. */
export function diagnostic(input: DiagnosticInput): Diagnostic {
  return { detail: '', related: [], fixes: [], help: null, ...input };
}
