import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'hopwright-shim-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A checkout whose build is newer than its sources; both say which they are. */
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const folder of ['dist', 'src/cli', 'grammar']) mkdirSync(join(root, folder), { recursive: true });
  cpSync(new URL('../../bin', import.meta.url), join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'src/cli/main.ts'), `export const main = () => console.log('source');`);
  writeFileSync(join(root, 'dist/cli.js'), `export const main = () => console.log('build');`);
  const sources = ['src', 'src/cli', 'src/cli/main.ts', 'grammar'];
  writeFileSync(join(root, 'dist/sources.json'), JSON.stringify(sources));
  for (const source of sources) utimesSync(join(root, source), 1000, 1000);
  utimesSync(join(root, 'dist/cli.js'), 2000, 2000);
});

function whatRuns(): string {
  const { stdout } = spawnSync(process.execPath, [join(root, 'bin/hopwright.js')], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return stdout.trim();
}

test('a build that is newer than its sources runs', () => {
  expect(whatRuns()).toBe('build');
});

test('the build of a package, which has no sources, runs', () => {
  rmSync(join(root, 'src'), { recursive: true });
  rmSync(join(root, 'dist/sources.json'));
  expect(whatRuns()).toBe('build');
});

test.each([
  [
    'an edited source',
    () => writeFileSync(join(root, 'src/cli/main.ts'), `export const main = () => console.log('source');`),
  ],
  ['a new source', () => writeFileSync(join(root, 'grammar/new.ts'), '')],
  ['a source that is gone', () => writeFileSync(join(root, 'dist/sources.json'), '["src/gone.ts"]')],
  ['no list of sources', () => rmSync(join(root, 'dist/sources.json'))],
  ['no build', () => rmSync(join(root, 'dist'), { recursive: true })],
])('with %s the sources run', (_, change) => {
  change();
  expect(whatRuns()).toBe('source');
});
