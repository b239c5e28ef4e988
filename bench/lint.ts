/**
 * `hopwright lint` with all rules beside `nginx -t`, on the same generated file in the same run, in interleaved rounds;
 * and what a lint of a small file costs from start to exit.
 *
 *     node bench/lint.ts [--rounds N] [--servers N]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { manyServers } from './lib/many-servers.ts';
import { measureProcess, median, type ProcessCost } from './lib/processes.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, servers: { type: 'string', default: '10000' } },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'hopwright-bench-'));
const hopwright = resolve(import.meta.dirname, '../bin/hopwright.js');

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

try {
  const big = join(folder, 'big.conf');
  const small = join(folder, 'small.conf');
  const text = manyServers(Number(values.servers));
  writeFileSync(big, text);
  writeFileSync(small, manyServers(3));
  console.log(
    `${values.servers} servers, ${text.split('\n').length - 1} lines, medians of ${rounds} interleaved rounds`,
  );

  const ours: ProcessCost[] = [];
  const theirs: ProcessCost[] = [];
  const start: ProcessCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push(await measureProcess('nginx', ['-t', '-q', '-c', big, '-e', '/dev/null']));
    ours.push(await measureProcess(hopwright, ['lint', '--target', '1.22.1', big]));
    start.push(await measureProcess(hopwright, ['lint', small]));
  }
  const nginx = row('nginx -t', theirs);
  const lint = row('hopwright lint, all rules', ours);
  row('hopwright lint, 39 lines', start);
  console.log(
    `ratio: wall ${(lint.wall / nginx.wall).toFixed(2)}, peak memory ${(lint.peak / nginx.peak).toFixed(2)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
