/**
 * Makes what is published: `dist/` with one bundle per command (few files to open, so a quick start), the library
 * entry, the runtime that `compile --standalone` embeds, and the types.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { builtins } from './builtins.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

async function bundle(input: Record<string, string>, external: RegExp[], single: boolean): Promise<void> {
  const build = await rolldown({ cwd: root, input, platform: 'node', external, plugins: [builtins] });
  await build.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    ...(single ? { codeSplitting: false } : {}),
  });
  await build.close();
}

rmSync(dist, { recursive: true, force: true });
await bundle({ cli: 'src/cli/main.ts', nginx: 'src/cli/nginx.ts', index: 'src/index.ts' }, [/^ws$/], false);
await bundle({ 'standalone-runtime': 'src/runtime/standalone.ts' }, [], true);

const types = spawnSync(`${root}node_modules/.bin/tsc`, ['--project', '.ci/types.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (types.status !== 0) process.exit(types.status ?? 1);
