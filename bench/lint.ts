/**
 * `hopwright lint` with all rules beside `nginx -t`, on the same generated file in the same run, in interleaved rounds;
 * and what a lint of a small file costs from start to exit.
 *
 *     node bench/lint.ts [--rounds N] [--servers N]
 */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { manyServers } from './lib/many-servers.ts';
import { measureProcess, median, type ProcessCost } from './lib/processes.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, servers: { type: 'string', default: '10000' } },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'hopwright-bench-'));
const root = resolve(import.meta.dirname, '..');
const hopwright = await installed(join(folder, 'installed'));

/** What users run: the package without the sources, whose dates a checkout looks at with each start. */
async function installed(target: string): Promise<string> {
  // Plain JavaScript, without types.
  const shim: string = pathToFileURL(join(root, 'bin/shim.js')).href;
  const { isCurrent } = (await import(shim)) as { isCurrent(bundle: URL): boolean };
  if (!isCurrent(pathToFileURL(join(root, 'dist/cli.js'))))
    throw new Error('dist/ is not what the sources make: npm run build');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(target, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'));
  return join(target, 'bin/hopwright.js');
}

function row(name: string, costs: readonly ProcessCost[]): { wall: number; cpu: number; peak: number } {
  const wall = median(costs.map((cost) => cost.wall));
  const cpu = median(costs.map((cost) => cost.cpu));
  const peak = median(costs.map((cost) => cost.peak));
  const codes = [...new Set(costs.map((cost) => cost.exitCode))].join(',');
  console.log(
    `${name.padEnd(34)} ${wall.toFixed(0).padStart(6)} ms wall ${cpu.toFixed(0).padStart(6)} ms CPU ${peak.toFixed(0).padStart(5)} MiB peak  exit ${codes}`,
  );
  return { wall, cpu, peak };
}

/** Rounds of nginx and of ours on the file, one after the other, with their rows and ratio. */
async function beside(name: string, text: string): Promise<void> {
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, text);
  console.log(`${name}, ${text.split('\n').length - 1} lines`);
  const ours: ProcessCost[] = [];
  const theirs: ProcessCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push(await measureProcess('nginx', ['-t', '-q', '-c', file, '-e', '/dev/null']));
    ours.push(await measureProcess(hopwright, ['lint', '--target', '1.22.1', file]));
  }
  const nginx = row('nginx -t', theirs);
  const lint = row('hopwright lint, all rules', ours);
  console.log(
    `ratio: wall ${(lint.wall / nginx.wall).toFixed(2)}, peak memory ${(lint.peak / nginx.peak).toFixed(2)}`,
  );
}

try {
  const servers = Number(values.servers);
  console.log(`medians of ${rounds} interleaved rounds`);
  await beside(`${servers} servers`, manyServers(servers));
  await beside(
    `${servers} servers, each with an upstream of its own`,
    manyServers(servers, { ownUpstreams: true }),
  );
  const small = join(folder, 'small.conf');
  writeFileSync(small, manyServers(3));
  const start: ProcessCost[] = [];
  for (let round = 0; round < rounds; round += 1)
    start.push(await measureProcess(hopwright, ['lint', small]));
  row('hopwright lint, 39 lines', start);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
