import path from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Override, Settings } from '../config/settings.ts';
import { overrideFor, severityOf } from './rule-settings.ts';

/**
 * The severities that the configuration gives by file and to what is no rule's. What nginx itself refuses stays an
 * error: a configuration that does not start is never without findings.
 */
export function finalSeverities(
  diagnostics: readonly Diagnostic[],
  settings: Settings,
  cwd: string,
): readonly Diagnostic[] {
  if (settings.overrides.length === 0 && Object.keys(settings.rules).length === 0) return diagnostics;
  const result: Diagnostic[] = [];
  for (const one of diagnostics) {
    const fromRules = /^(nginx|hopwright)\//.test(one.code)
      ? severityOf(one.code, settings.rules)
      : undefined;
    const file = path.resolve(cwd, one.file.path);
    const severity = overrideFor(one.code, file, settings.overrides, matches) ?? fromRules ?? one.severity;
    const fixed = one.severity === 'error' && one.code.startsWith('nginx/');
    if (fixed) result.push(one);
    else if (severity !== 'off') result.push(severity === one.severity ? one : { ...one, severity });
  }
  return result;
}

function matches(file: string, override: Override): boolean {
  const relative = path.relative(override.folder, file);
  return !relative.startsWith('..') && override.files.some((glob) => path.matchesGlob(relative, glob));
}
