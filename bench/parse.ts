/**
 * Lexing, parsing and building the syntax tree of a generated configuration of 110,000 lines, each round in a process
 * of its own, because that is how a lint meets it: with cold code.
 *
 *     node bench/parse.ts [--rounds N] [--servers N]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { parseFile } from '../src/1-syntax/parse.ts';
import { SourceFile } from '../src/text/source-file.ts';
import { manyServers } from './lib/many-servers.ts';
import { median } from './lib/processes.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    servers: { type: 'string', default: '10000' },
    round: { type: 'boolean', default: false },
  },
});

interface Round {
  readonly small: number;
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** Milliseconds of CPU for a file of two lines, which builds lexer and parser; then the large file. */
function measure(): Round {
  // Flat as a text that was read from a file is.
  const text = Buffer.from(manyServers(Number(values.servers)), 'latin1').toString('latin1');
  const before = process.cpuUsage();
  parseFile(new SourceFile('small.conf', 'events {}\nhttp { server { listen 80; } }\n'));
  const built = process.cpuUsage();
  const start = performance.now();
  parseFile(new SourceFile('large.conf', text));
  const wall = performance.now() - start;
  const cpu = process.cpuUsage(built);
  return {
    small: (built.user - before.user + built.system - before.system) / 1000,
    wall,
    cpu: (cpu.user + cpu.system) / 1000,
    peak: process.resourceUsage().maxRSS / 1024,
  };
}

if (values.round) {
  console.log(JSON.stringify(measure()));
} else {
  const rounds = Array.from({ length: Number(values.rounds) }, (): Round => {
    const args = [import.meta.filename, '--round', '--servers', values.servers];
    return JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) as Round;
  });
  const of = (pick: (round: Round) => number): string => {
    const figures = rounds.map(pick);
    return `${Math.min(...figures).toFixed(0)} best, ${median(figures).toFixed(0)} median`;
  };
  console.log(`lexer and parser built, ms of CPU: ${of(({ small }) => small)}`);
  console.log(`${values.servers} servers, ms of wall time:  ${of(({ wall }) => wall)}`);
  console.log(`${values.servers} servers, ms of CPU:        ${of(({ cpu }) => cpu)}`);
  console.log(`peak of the process, MiB:         ${of(({ peak }) => peak)}`);
}
