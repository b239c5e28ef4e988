import type { Severity } from '../../diagnostics/diagnostic.ts';
import type { RuleSettings } from '../../4-check/check.ts';

/** What the configuration files say, merged; paths are absolute. Command line options win over it. */
export interface Settings {
  readonly target?: string;
  readonly prefix?: string;
  readonly root?: string;
  readonly define: Readonly<Record<string, string>>;
  readonly include?: readonly string[];
  readonly ignore: readonly string[];
  readonly failOn?: Severity | 'never';
  readonly maxWarnings?: number;
  readonly baseline?: string;
  readonly rules: RuleSettings;
  readonly overrides: readonly Override[];
  /** The files it was read from, the nearest last; none when there is no configuration. */
  readonly sources: readonly string[];
  /** Folder of the nearest file: globs are relative to it. */
  readonly folder: string | null;
}

export interface Override {
  /** Globs relative to `folder`. */
  readonly files: readonly string[];
  readonly folder: string;
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
}

export const noSettings: Settings = {
  define: {},
  ignore: [],
  rules: {},
  overrides: [],
  sources: [],
  folder: null,
};
