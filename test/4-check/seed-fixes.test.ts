import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyFixes } from '../../src/4-check/fix.ts';
import { judgeLocations } from '../../src/4-check/judge.ts';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const folder = new URL('../../fixtures/seed/', import.meta.url);
const seeds = readdirSync(folder).filter((file) => file.endsWith('.conf'));

describe.each(seeds)('%s', (name) => {
  const file = new SourceFile(`/seed/${name}`, readFileSync(new URL(name, folder), 'latin1'));

  test('is an upgrade that works, or becomes one by --fix', () => {
    const { result, changes } = applyFixes(
      (texts) => lint(new SourceFile(file.path, texts.get(file.path) ?? file.text)),
      judgeLocations,
    );
    // nginx's second form has nothing to mend; the first one works, though plain requests could fare better.
    if (name === 'map.conf') expect(changes.size).toBe(0);
    else if (name !== 'plain.conf') expect(changes.size).toBe(1);
    expect(result.verdict).toEqual({ ok: true });
    expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    expect(judgeLocations(result).get('upgrade localhost /chat/ 0')).toBe(2);
  });
});
