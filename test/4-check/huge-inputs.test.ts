import { expect, it } from 'vitest';
import { memoryReader } from '../../src/2-resolve/file-reader.ts';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { hugeInputs } from '../huge-inputs.ts';

// Each takes about a second; what looks through the whole text for each mistake takes minutes.
it.each(Object.entries(hugeInputs))('%s are judged without a hang', { timeout: 60_000 }, (_, make) => {
  const path = '/etc/nginx/nginx.conf';
  const text = make();
  const { verdict } = lint(new SourceFile(path, text), { reader: memoryReader({ [path]: text }) });
  expect(verdict.ok).toBe(text.startsWith('events {}\nhttp {\n'));
});
