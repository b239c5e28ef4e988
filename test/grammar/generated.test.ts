import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../grammar/generate.ts';

test('the generated files are current', async () => {
  for (const [path, text] of await generatedFiles())
    expect(readFileSync(new URL(`../../grammar/${path}`, import.meta.url), 'utf8')).toBe(text);
});
