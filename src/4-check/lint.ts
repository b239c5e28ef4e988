import { resolveAny } from '../2-resolve/resolve-any.ts';
import { resolve, type ResolveOptions } from '../2-resolve/resolve.ts';
import type { NginxVerdict, ResolvedConfig } from '../2-resolve/resolved-config.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Target } from '../nginx/versions.ts';
import type { SourceFile } from '../text/source-file.ts';
import { checkRules, sortDiagnostics, type RuleFailure, type RuleSettings } from './check.ts';
import { withMapFixes } from './map-fixes.ts';
import type { Rule } from './rule.ts';
import { rules as allRules } from './rules.generated.ts';
import { applySuppressions, covers } from './suppressions.ts';

export interface LintOptions extends Omit<ResolveOptions, 'target'> {
  /** A version, or `any` (the default). */
  readonly target?: Target;
  /** The rules to run; all of them by default. */
  readonly rules?: readonly Rule[];
  readonly settings?: RuleSettings;
  /** The files whose findings are wanted; all by default. The others are read for what they mean to these. */
  readonly only?: (file: SourceFile) => boolean;
}

export interface LintResult {
  readonly config: ResolvedConfig;
  /** nginx's own and the rules', sorted, without what comments in the files silence. */
  readonly diagnostics: readonly Diagnostic[];
  readonly verdict: NginxVerdict;
  /** How many findings comments silenced. */
  readonly silenced: number;
  /** Rules that failed; empty unless there is a mistake in one. */
  readonly failures: readonly RuleFailure[];
}

/** Everything there is to say about one configuration: what nginx refuses or warns about, and what the rules find. */
export function lint(entry: SourceFile, options: LintOptions = {}): LintResult {
  const target = options.target ?? 'any';
  const { rules = allRules, only } = options;
  const config = target === 'any' ? resolveAny(entry, options) : resolve(entry, { ...options, target });
  const checked = checkRules(rules, config, target, options.settings, options.only);
  const found = [...withMapFixes(config, withoutSwallowed(config)), ...checked.diagnostics];
  const active = rules.filter((rule) => options.settings?.[rule.code]?.severity !== 'off');
  const ran = (pattern: string): boolean => active.some((rule) => covers(pattern, rule.code));
  const { diagnostics, silenced } = applySuppressions(found, config.files, ran);
  return {
    config,
    diagnostics: sortDiagnostics(
      only === undefined ? diagnostics : diagnostics.filter(({ file }) => only(file)),
    ),
    verdict: config.verdict,
    silenced,
    failures: checked.failures,
  };
}

/**
 * What nginx says of a config's text, without its warnings about names that are a swallowed directive's words: that a ";" is
 * missing there was told.
 */
function withoutSwallowed(config: ResolvedConfig): readonly Diagnostic[] {
  const swallowing = config.diagnostics.filter(({ code }) => code === 'syntax/missing-semicolon');
  if (swallowing.length === 0) return config.diagnostics;
  const nodes = config
    .named('server_name')
    .map(({ node }) => node)
    .filter(({ file, start }) => swallowing.some((one) => one.file === file && one.span.start === start));
  return config.diagnostics.filter(
    ({ code, file, span }) =>
      code !== 'nginx/suspicious-server-name' ||
      !nodes.some((node) => node.file === file && node.start <= span.start && span.end <= node.wordsEnd),
  );
}
