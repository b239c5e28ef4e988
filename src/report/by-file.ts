import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Report } from './report.ts';

/** Every file of the report with its diagnostics, files without any included. */
export function diagnosticsByFile(report: Report): ReadonlyMap<string, readonly Diagnostic[]> {
  const byFile = new Map<string, Diagnostic[]>(report.files.map((file) => [file, []]));
  for (const one of report.diagnostics) {
    const list = byFile.get(one.file.path);
    if (list === undefined) byFile.set(one.file.path, [one]);
    else list.push(one);
  }
  return byFile;
}
