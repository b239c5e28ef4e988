import { createHash } from 'node:crypto';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { displayPath } from './text.ts';

/**
 * A name for each diagnostic that survives edits elsewhere in the file: made of code, path, the text of its line and
 * its message, not of line numbers. The second of two equal ones gets another name, so the names are unique.
 */
export function fingerprints(diagnostics: readonly Diagnostic[], workingDirectory: string): string[] {
  const seen = new Map<string, number>();
  return diagnostics.map((one) => {
    const line = one.file.lineText(one.file.lineAt(one.span.start)).trim();
    const path = displayPath(one.file.path, workingDirectory);
    const identity = [one.code, path, line, one.message].join('\n');
    const count = seen.get(identity) ?? 0;
    seen.set(identity, count + 1);
    return createHash('sha256').update(`${identity}\n${count}`, 'utf8').digest('hex').slice(0, 40);
  });
}
