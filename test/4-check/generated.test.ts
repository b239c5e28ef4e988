import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generated, ruleFiles } from '../../src/4-check/generate.ts';
import { rules } from '../../src/4-check/rules.generated.ts';

test('the list of rules and their pages are current: npm run generate', async () => {
  const files = await generated();
  for (const [file, text] of files) {
    expect(existsSync(file), file).toBe(true);
    expect(readFileSync(file, 'utf8'), file).toBe(text);
  }
  const pages = readdirSync(new URL('../../docs/rules', import.meta.url)).sort();
  expect(pages).toEqual(
    [...files.keys()]
      .filter((file) => file.includes('docs/rules/'))
      .map((file) => path.basename(file))
      .sort(),
  );
});

test('a rule stands in the file that its code names', () => {
  expect(rules.map((rule) => `${rule.code.replace('/', '-')}.ts`)).toEqual(ruleFiles());
});
