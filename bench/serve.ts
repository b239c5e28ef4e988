/**
 * Serving beside nginx: the same configuration, backend and load, one worker each, rounds in turn. CPU time is user and system time
 * of the process under test and its children.
 *
 *     node bench/serve.ts [--rounds N] [--only get,echo32,echo4096,echo65536,idle] [--port FIRST] [--quick]
 */

import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMilliseconds, processTree, residentBytes } from './lib/cpu.ts';
import type { LoadPlan } from './lib/load.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    port: { type: 'string', default: '25900' },
    quick: { type: 'boolean', default: false },
  },
});

interface Case {
  readonly name: string;
  readonly kind: LoadPlan['kind'];
  readonly size: number;
  readonly count: number;
  /** Greatest CPU time per message, as a multiple of nginx's. */
  readonly target: number;
}

const cases: readonly Case[] = [
  { name: 'get', kind: 'get', size: 0, count: 30_000, target: 1.5 },
  { name: 'echo32', kind: 'echo', size: 32, count: 40_000, target: 1.5 },
  { name: 'echo4096', kind: 'echo', size: 4096, count: 30_000, target: 1 },
  { name: 'echo65536', kind: 'echo', size: 65_536, count: 5_000, target: 0.5 },
];
const idleTunnels = 4_000;
/** Resident bytes that an idle tunnel may cost. */
const idleTarget = 12_000;

interface Server {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly pids: readonly number[];
}

const first = Number(values.port);
const backendPort = first;

/** The configuration under test; every temporary path below `directory`. */
function configuration(directory: string, port: number): string {
  return `worker_processes 1; daemon off; pid ${directory}/${port}.pid; error_log ${directory}/${port}.error.log crit;
worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  keepalive_requests 1000000000;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream backend { server 127.0.0.1:${backendPort}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
  }
}
`;
}

async function start(
  name: string,
  command: string,
  args: readonly string[],
  directory: string,
  port: number,
): Promise<Server> {
  const path = join(directory, `${port}.conf`);
  writeFileSync(path, configuration(directory, port));
  const child = spawn(command, [...args, '-p', `${directory}/`, '-c', path], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (let tries = 0; !existsSync(join(directory, `${port}.pid`)); tries++) {
    if (tries === 100 || child.exitCode !== null) throw new Error(`${name} did not start`);
    await delay(50);
  }
  return { name, port, child, pids: processTree(child.pid!) };
}

function helper(
  script: string,
  args: readonly string[],
): { child: ChildProcess; message: Promise<void>; exit: Promise<void> } {
  const child = fork(join(import.meta.dirname, 'lib', script), args);
  return {
    child,
    message: new Promise((resolve) => child.once('message', () => resolve())),
    exit: new Promise((resolve) => child.once('exit', () => resolve())),
  };
}

/** Microseconds of CPU time for each request or message of one round. */
async function round(server: Server, { kind, size, count }: Case): Promise<number> {
  const before = cpuMilliseconds(server.pids);
  const plan: LoadPlan = { port: server.port, kind, size, count, connections: 20 };
  const load = helper('load.ts', [JSON.stringify(plan)]);
  await load.exit;
  return ((cpuMilliseconds(server.pids) - before) / count) * 1000;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

async function compare(servers: readonly Server[], bench: Case): Promise<boolean> {
  const results = servers.map((): number[] => []);
  for (let count = Number(values.rounds); count > 0; count--) {
    for (const [index, server] of servers.entries()) results[index]!.push(await round(server, bench));
  }
  const [reference, ours] = results.map(median) as [number, number];
  const ratio = ours / reference;
  console.log(
    `${bench.name.padEnd(10)} nginx ${reference.toFixed(1).padStart(6)} µs  hopwright ${ours.toFixed(1).padStart(6)} µs` +
      `  ratio ${ratio.toFixed(2)} (at most ${bench.target})`,
  );
  return ratio <= bench.target;
}

/** Resident memory of idle tunnels, both sockets included; the server has served before. */
async function idle(server: Server): Promise<number> {
  const before = residentBytes(server.pids);
  const tunnels = helper('idle-tunnels.ts', [String(server.port), String(idleTunnels)]);
  await tunnels.message;
  await delay(1000);
  const bytes = (residentBytes(server.pids) - before) / idleTunnels;
  tunnels.child.disconnect();
  await tunnels.exit;
  return bytes;
}

async function main(): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'hopwright-bench-'));
  mkdirSync(join(directory, 'logs'));
  const backend = helper('backend.ts', [String(backendPort)]);
  await backend.message;
  const servers: Server[] = [];
  try {
    servers.push(await start('nginx', 'nginx', [], directory, first + 1));
    const ours = join(import.meta.dirname, '../bin/hopwright-nginx.js');
    servers.push(await start('hopwright', process.execPath, [ours], directory, first + 2));
    const only = values.only?.split(',');
    let good = true;
    for (const bench of cases) {
      if (only !== undefined && !only.includes(bench.name)) continue;
      const scaled = values.quick ? { ...bench, count: bench.count / 10 } : bench;
      good = (await compare(servers, scaled)) && good;
    }
    if (only === undefined || only.includes('idle')) {
      const [reference, own] = [await idle(servers[0]!), await idle(servers[1]!)];
      console.log(
        `idle       nginx ${(reference / 1000).toFixed(1)} kB  hopwright ${(own / 1000).toFixed(1)} kB a tunnel (at most ${idleTarget / 1000})`,
      );
      good = own <= idleTarget && good;
    }
    return good;
  } finally {
    for (const { child } of servers) child.kill('SIGTERM');
    backend.child.kill();
    await delay(200);
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exit((await main()) ? 0 : 1);
