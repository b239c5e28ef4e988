/**
 * Serving beside nginx: the same configuration, backend and load, one worker each, rounds in turn after a first one to warm up.
 * CPU time is user and system time of the process under test and its children.
 *
 *     node bench/serve.ts [--rounds N] [--only get,echo32,echo4096,echo65536,idle] [--port FIRST] [--quick]
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMilliseconds, residentBytes } from './lib/cpu.ts';
import type { LoadPlan } from './lib/load.ts';
import { median } from './lib/processes.ts';
import { helper, hopwright, start, tempPaths } from './lib/serving.ts';
import type { Server } from './lib/serving.ts';

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

const first = Number(values.port);
const backendPort = first;

/** The configuration under test; every temporary path below `directory`. */
function configuration(directory: string, port: number): string {
  return `worker_processes 1; daemon off; pid ${directory}/${port}.pid; error_log ${directory}/${port}.error.log crit;
worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http {
  access_log off;
  ${tempPaths(directory)}
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

/** Microseconds of CPU time for each request or message of one round. */
async function round(server: Server, { kind, size, count }: Case): Promise<number> {
  const before = cpuMilliseconds(server.pids);
  const plan: LoadPlan = { port: server.port, kind, size, count, connections: 20 };
  const load = helper('load.ts', [JSON.stringify(plan)]);
  if ((await load.exit) !== 0) throw new Error(`the load of ${kind} broke off`);
  return ((cpuMilliseconds(server.pids) - before) / count) * 1000;
}

async function compare(servers: readonly Server[], bench: Case): Promise<boolean> {
  // Not measured: connections, buffers and, for us, machine code are there afterwards.
  for (const server of servers) await round(server, bench);
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
    for (const [name, command, port] of [
      ['nginx', ['nginx'], first + 1],
      ['hopwright', hopwright, first + 2],
    ] as const) {
      servers.push(await start(name, command, { directory, port, text: configuration(directory, port) }));
    }
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
