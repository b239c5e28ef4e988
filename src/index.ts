/**
 * Hopwright as a library: parse, resolve and lint nginx configurations. Nothing here writes to the console, ends
 * the process or throws because of what a configuration contains.
 *
 * ```ts
 * import { lint, SourceFile, readSource } from 'hopwright';
 *
 * const { diagnostics, verdict } = lint(readSource('/etc/nginx/nginx.conf'), { target: '1.31.5' });
 * ```
 */
import { readFileSync } from 'node:fs';
import { SourceFile, textOfBytes } from './text/source-file.ts';

export { parseFile } from './1-syntax/parse.ts';
export type * from './1-syntax/ast.ts';
export { resolve, type ResolveOptions } from './2-resolve/resolve.ts';
export { diskReader, memoryReader, type FileReader } from './2-resolve/file-reader.ts';
export type {
  Effective,
  NginxVerdict,
  ResolvedBlock,
  ResolvedConfig,
  ResolvedDirective,
} from './2-resolve/resolved-config.ts';
export { fitContext, type Fit } from './4-check/fragment.ts';
export { lint, type LintOptions, type LintResult } from './4-check/lint.ts';
export type { Rule, RuleDocumentation, RuleExample, RuleOption } from './4-check/rule.ts';
export type { RuleSetting, RuleSettings } from './4-check/check.ts';
export { rules } from './4-check/rules.generated.ts';
export type { Diagnostic, Edit, Fix, RelatedPlace, Severity } from './diagnostics/diagnostic.ts';
export { applyEdits } from './diagnostics/edits.ts';
export { newestVersion, oldestVersion, type Target } from './nginx/versions.ts';
export { formatNames, formats } from './report/formats.ts';
export type { Renderer, RenderOptions, Report, RootReport } from './report/report.ts';
export { SourceFile, decodeBytes, encodeBytes, type Position, type Span } from './text/source-file.ts';

/** Reads a file as nginx does, byte by byte. Throws what `node:fs` throws when it cannot be read. */
export function readSource(path: string): SourceFile {
  return new SourceFile(path, textOfBytes(readFileSync(path)));
}
