import type { Fix, RelatedPlace, Severity } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../text/source-file.ts';
import type { CheckContext } from './context.ts';

/**
 * What a rule is. One rule is one file in `rules/`, named like its code with `-` for `/`, whose default export
 * is a {@link Rule}; `npm run generate` finds it. Documentation, `hopwright rules` and the tests all read this object.
 */
export interface Rule {
  /** `family/name`. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, as a short phrase. */
  readonly title: string;
  readonly documentation: RuleDocumentation;
  /** At least one with findings and one without; the tests run them. */
  readonly examples: readonly RuleExample[];
  /** Settings that `hopwright.config.json` may change. */
  readonly options?: Readonly<Record<string, RuleOption>>;
  /** False for rules that only run when the configuration or `--rule` names them. */
  readonly enabled?: boolean;
  check(context: CheckContext): Iterable<Finding>;
}

/** Plain text with `code` in backticks; paragraphs are separated by an empty line. */
export interface RuleDocumentation {
  readonly finds: string;
  /** Why it matters, with the symptom people see. */
  readonly matters: string;
  /** The nginx versions it holds for. */
  readonly versions: string;
  readonly references: readonly string[];
}

export interface RuleExample {
  /**
   * A whole configuration, or what stands inside the block named by `within`.
   * A wrapper goes before it on its first line, so lines count from the text's own start.
   */
  readonly config: string;
  readonly within?: 'http' | 'server' | 'location';
  readonly target?: string;
  /** Files that `include` finds, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, RuleOptionValue>>;
  readonly findings: readonly ExpectedFinding[];
}

export interface ExpectedFinding {
  readonly line: number;
  /** A part of the message. */
  readonly message: string;
}

export type RuleOptionValue = number | string | boolean | readonly string[];

export interface RuleOption {
  readonly describe: string;
  /** Also tells the type. */
  readonly default: RuleOptionValue;
}

/** A place of a finding: what a directive or a word offers. */
export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/** What a rule reports; the driver adds code and severity. */
export interface Finding extends Place {
  readonly message: string;
  readonly detail?: string;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
  readonly help?: string | null;
  /** Only where it differs from the rule's own severity. */
  readonly severity?: Severity;
}
