/**
 * Makes what is published: `dist/` with one bundle per command (few files to open, so a quick start), the library
 * entry, the runtime that `compile --standalone` embeds, and the types.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputOptions } from 'rolldown';
import { ascii } from './ascii.ts';
import { builtins } from './builtins.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

type Output = Pick<OutputOptions, 'codeSplitting'>;

async function bundle(input: Record<string, string>, external: RegExp[], output: Output): Promise<void> {
  const build = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external,
    plugins: [builtins, ascii],
    preserveEntrySignatures: 'allow-extension',
  });
  const { output: files } = await build.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    ...output,
  });
  await build.close();
  refuseCycles(
    new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.imports]] : []))),
  );
}

/** Chunks that import each other run in an order that depends on which is asked for first: one finds the other unready. */
function refuseCycles(imports: ReadonlyMap<string, readonly string[]>): void {
  const done = new Set<string>();
  const visit = (chunk: string, path: readonly string[]): void => {
    if (path.includes(chunk)) throw new Error(`chunks import each other: ${[...path, chunk].join(' -> ')}`);
    if (done.has(chunk)) return;
    for (const imported of imports.get(chunk) ?? []) visit(imported, [...path, chunk]);
    done.add(chunk);
  };
  for (const chunk of imports.keys()) visit(chunk, []);
}

/** The modules that `entries` load as a whole: what is imported when a function is called is left out. */
async function modulesOf(...entries: string[]): Promise<ReadonlySet<string>> {
  // With what these entries alone have no use for: a chunk for several holds it too, and its imports must be there.
  const build = await rolldown({ cwd: root, input: entries, platform: 'node', treeshake: false });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  const chunks = new Map(output.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one]] : [])));
  const found = new Set<string>();
  const visited = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks.get(name);
    if (chunk === undefined || visited.has(name)) return;
    visited.add(name);
    for (const module of chunk.moduleIds) found.add(module);
    chunk.imports.forEach(visit);
  };
  for (const [name, { isEntry }] of chunks) if (isEntry) visit(name);
  return found;
}

/** What the bundles are made of, with the folders: their dates tell the shims whether a build is current. */
function sources(): string[] {
  return ['src', 'grammar'].flatMap((folder) => [
    folder,
    ...readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory() || /\.(ts|json)$/.test(entry.name))
      .map((entry) => relative(root, `${entry.parentPath}/${entry.name}`)),
  ]);
}

// Each file costs a fifth of a millisecond and more, which a lint of a small configuration would feel.
const forStart = await modulesOf('src/cli/main.ts');
const forProgram = await modulesOf('src/cli/program.ts');
const forLint = await modulesOf('src/cli/lint/run.ts', 'src/cli/lint/rule-help.ts', 'src/report/pretty.ts');
const forNginx = await modulesOf('src/cli/nginx.ts', 'src/cli/nginx/run.ts');
const codeSplitting: Output['codeSplitting'] = {
  includeDependenciesRecursively: false,
  groups: [
    { name: 'start', test: (id) => forStart.has(id) },
    { name: 'program', test: (id) => forProgram.has(id) },
    { name: 'configuration', test: (id) => forLint.has(id) && forNginx.has(id) },
    { name: 'lint', test: (id) => forLint.has(id) },
  ],
};

rmSync(dist, { recursive: true, force: true });
await bundle({ cli: 'src/cli/main.ts', nginx: 'src/cli/nginx.ts', index: 'src/index.ts' }, [/^ws$/], {
  codeSplitting,
});
await bundle({ 'standalone-runtime': 'src/runtime/standalone.ts' }, [], { codeSplitting: false });

writeFileSync(`${dist}/sources.json`, JSON.stringify(sources()));

const types = spawnSync(`${root}node_modules/.bin/tsc`, ['--project', '.ci/types.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (types.status !== 0) process.exit(types.status ?? 1);
