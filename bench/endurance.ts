/**
 * Memory and time must not grow with what passes through: bodies of 2 GB each way, 100,000 requests on one connection, 4,000 idle
 * tunnels. Exit code 1 when something is refused, breaks off, or grows. Takes two minutes and 4 GB of disk.
 *
 *     node bench/endurance.ts [--bytes N] [--requests N] [--only NAME,…] [--port FIRST]
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMilliseconds, residentBytes } from './lib/cpu.ts';
import { helper, hopwright, start, tempPaths } from './lib/serving.ts';
import type { Server } from './lib/serving.ts';
import type { Transfer } from './lib/transfer.ts';

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: String(2 * 1024 ** 3) },
    requests: { type: 'string', default: '100000' },
    only: { type: 'string' },
    port: { type: 'string', default: '25950' },
  },
});
const bytes = Number(values.bytes);
const first = Number(values.port);
const megabyte = 1024 ** 2;
/** What the process may take beyond what it had before: buffers in use, and those that V8 has not freed (it waits for 64 MB of them). */
const memoryLimit = 128 * megabyte;
/** CPU time for each byte or request, as a multiple of what it was for a quarter of them: it would be four if it grew with them. */
const timeLimit = 2.5;
/** TCP on the loopback interface sometimes falls into small pieces, with any server; so time is measured up to this often. */
const attempts = 3;
const idleTunnels = 4_000;
const idleTarget = 12_000;
/** Milliseconds after which a transfer counts as hanging. */
const patience = 120_000;

interface Case extends Omit<Transfer, 'port' | 'pause'> {
  readonly name: string;
  /** SIZE stands for the number of bytes. */
  readonly path: string;
  readonly pause?: number;
}

const cases: readonly Case[] = [
  { name: 'requests', kind: 'requests', path: '/', count: Number(values.requests) },
  { name: 'download', kind: 'download', path: '/bytes/SIZE', count: bytes },
  { name: 'download-slow', kind: 'download', path: '/bytes/SIZE', count: bytes, pause: 3000 },
  { name: 'download-unbuffered', kind: 'download', path: '/direct/bytes/SIZE', count: bytes },
  {
    name: 'download-unbuffered-slow',
    kind: 'download',
    path: '/direct/bytes/SIZE',
    count: bytes,
    pause: 3000,
  },
  { name: 'upload', kind: 'upload', path: '/', count: bytes },
  { name: 'upload-unbuffered', kind: 'upload', path: '/direct/', count: bytes },
  { name: 'upload-discarded', kind: 'upload', path: '/discard', count: bytes },
  { name: 'static', kind: 'download', path: '/files/SIZE', count: bytes },
  { name: 'static-slow', kind: 'download', path: '/files/SIZE', count: bytes, pause: 1000 },
];

const configuration = (directory: string, port: number): string => `
worker_processes 1; daemon off; pid ${directory}/${port}.pid; error_log ${directory}/error.log warn;
worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http {
  access_log off; ${tempPaths(directory)}
  keepalive_requests 1000000000; client_max_body_size 0;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream backend { server 127.0.0.1:${first}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    location / { proxy_pass http://backend; }
    location /direct/ { proxy_pass http://backend/; proxy_buffering off; proxy_request_buffering off; }
    location /files/ { root ${directory}; }
    location /discard { return 200 thanks; }
  }
}
`;

/** The most memory a process has had since {@link forgetPeak}. */
function peakBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return sum + Number(line?.[1] ?? 0) * 1024;
  }, 0);
}

function forgetPeak(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function report(name: string, good: boolean, text: string): boolean {
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name.padEnd(26)} ${text}`);
  return good;
}

/** Sends so much through; gives the milliseconds of CPU time that it took, null when it broke off. */
async function pass({ pids, port }: Server, plan: Omit<Transfer, 'port'>): Promise<number | null> {
  const before = cpuMilliseconds(pids);
  const { child, exit } = helper('transfer.ts', [JSON.stringify({ ...plan, port })]);
  const timer = setTimeout(() => child.kill(), patience);
  const code = await exit;
  clearTimeout(timer);
  return code === 0 ? cpuMilliseconds(pids) - before : null;
}

/** A part of it first, then all: neither the time for each byte nor the memory may be much more then. */
async function transfer(server: Server, each: Case, attempt = 1): Promise<boolean> {
  const { name, kind, path, count, pause = 0 } = each;
  const plan = (amount: number) => ({
    kind,
    path: path.replace('SIZE', String(amount)),
    count: amount,
    pause,
  });
  const part = Math.ceil(count / 4);
  const short = await pass(server, plan(part));
  const before = residentBytes(server.pids);
  forgetPeak(server.pids);
  const started = performance.now();
  const long = short === null ? null : await pass(server, plan(count));
  if (short === null || long === null) return report(name, false, 'was not completed');
  const seconds = (performance.now() - started) / 1000;
  const growth = peakBytes(server.pids) - before;
  const slower = long / count / (short / part);
  if (slower > timeLimit && attempt < attempts) return transfer(server, each, attempt + 1);
  return report(
    name,
    growth <= memoryLimit && slower <= timeLimit,
    `${seconds.toFixed(1).padStart(5)} s  CPU ${long} ms, ${slower.toFixed(2)} times a quarter's (at most ${timeLimit})` +
      `  memory +${(growth / megabyte).toFixed(1)} MB (at most ${memoryLimit / megabyte})`,
  );
}

async function idle(server: Server): Promise<boolean> {
  const { pids, port } = server;
  await pass(server, { kind: 'requests', path: '/', count: 20_000, pause: 0 });
  const before = residentBytes(pids);
  const tunnels = helper('idle-tunnels.ts', [String(port), String(idleTunnels)]);
  const opened = await Promise.race([tunnels.message, tunnels.exit]);
  if (opened !== 'ready') return report('idle-tunnels', false, 'were not all opened');
  await delay(1000);
  const each = (residentBytes(pids) - before) / idleTunnels;
  tunnels.child.disconnect();
  await tunnels.exit;
  const text = `${(each / 1000).toFixed(1)} kB each of ${idleTunnels} (at most ${idleTarget / 1000})`;
  return report('idle-tunnels', each <= idleTarget, text);
}

const directory = mkdtempSync(join(tmpdir(), 'hopwright-endurance-'));
mkdirSync(join(directory, 'logs'));
mkdirSync(join(directory, 'files'));
for (const size of [bytes, Math.ceil(bytes / 4)]) {
  const file = join(directory, 'files', String(size));
  writeFileSync(file, '');
  truncateSync(file, size);
}
const backend = helper('backend.ts', [String(first)]);
await backend.message;
const server = await start('hopwright', hopwright, {
  directory,
  port: first + 1,
  text: configuration(directory, first + 1),
});
const only = values.only?.split(',');
const wanted = (name: string): boolean => only === undefined || only.includes(name);
let good = true;
try {
  // Tunnels come before what leaves memory behind that they could use.
  if (wanted('idle-tunnels')) good = await idle(server);
  for (const each of cases) if (wanted(each.name)) good = (await transfer(server, each)) && good;
  const errors = readFileSync(join(directory, 'error.log'), 'latin1')
    .split('\n')
    .filter((line) => line !== '' && !line.includes('is buffered to a temporary file'));
  if (errors.length > 0) good = report('error.log', false, errors.slice(0, 5).join('\n'));
} finally {
  server.child.kill();
  backend.child.kill();
  await delay(200);
  rmSync(directory, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);
