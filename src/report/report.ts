import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../text/source-file.ts';

/** What one run of `lint` found. Formats only read it. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  /** The target as asked for: a version or `any`. */
  readonly target: string;
  readonly roots: readonly RootReport[];
  /** Every file that was read, in order of reading. */
  readonly files: readonly string[];
  /** Sorted by file, then position. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many findings a suppression comment or the baseline silenced. */
  readonly silenced: number;
}

/** One configuration that was linted, and what `nginx -t` would say to it. */
export interface RootReport {
  readonly file: string;
  readonly nginx: NginxDecision;
}

/** nginx's first error, if it has one; `file` and `line` are null where nginx names no place. */
export type NginxDecision =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly level: string;
      readonly message: string;
      readonly file: SourceFile | null;
      readonly line: number | null;
    };

/** What a format may know about a rule beyond a diagnostic: for SARIF's rule help. */
export interface RuleHelp {
  readonly title: string;
  readonly severity: Diagnostic['severity'];
  /** Markdown. */
  readonly page: string;
}

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Paths below it are shown relative to it. */
  readonly workingDirectory: string;
  readonly ruleHelp: (code: string) => RuleHelp | null;
}

/** A format: the whole output as text, with its last line end. */
export type Renderer = (report: Report, options: RenderOptions) => string;

export interface Summary {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

/** Counts the diagnostics by severity. */
export function summarize(diagnostics: readonly Diagnostic[]): Summary {
  const count = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((one) => one.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}
