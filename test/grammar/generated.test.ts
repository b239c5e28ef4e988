import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../grammar/generate.ts';

test('the generated files are current', () => {
  for (const [name, text] of generatedFiles())
    expect(readFileSync(new URL(`../../grammar/generated/${name}`, import.meta.url), 'utf8')).toBe(text);
});
