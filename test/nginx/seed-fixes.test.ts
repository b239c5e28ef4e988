import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { applyFixes } from '../../src/4-check/fix.ts';
import { judgeLocations } from '../../src/4-check/judge.ts';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { freePort } from '../ports.ts';
import { belowPrefix } from './real-nginx.ts';

const folder = new URL('../../fixtures/seed/', import.meta.url);
const seeds = readdirSync(folder).filter((file) => file.endsWith('.conf'));

function hasNginx(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What `lint --fix` makes of a configuration. */
function fixed(text: string): string {
  const name = '/seed.conf';
  const relint = (changes: ReadonlyMap<string, string>) =>
    lint(new SourceFile(name, changes.get(name) ?? text));
  return applyFixes(relint, judgeLocations).changes.get(name) ?? text;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const open = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return open;
}

async function echoThrough(port: number): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat/`, { headers: { Host: 'localhost' } });
  await once(socket, 'open');
  socket.send('hello');
  const [message] = await once(socket, 'message');
  socket.terminate();
  return String(message);
}

describe.skipIf(!hasNginx())('a seed mended by --fix upgrades on real nginx', () => {
  const upstream = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const prefix = mkdtempSync(path.join(tmpdir(), 'hopwright-seed-'));
  beforeAll(async () => {
    if (upstream.address() === null) await once(upstream, 'listening');
    upstream.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  });
  afterAll(() => {
    upstream.close();
    rmSync(prefix, { recursive: true, force: true });
  });

  test.each(seeds)('%s', async (name) => {
    const port = await freePort();
    const text = fixed(readFileSync(new URL(name, folder), 'latin1'))
      .replaceAll('listen 8080;', `listen 127.0.0.1:${port};`)
      .replaceAll('127.0.0.1:9001', `127.0.0.1:${(upstream.address() as AddressInfo).port}`);
    const file = path.join(prefix, 'nginx.conf');
    writeFileSync(
      file,
      `daemon off;\nmaster_process off;\npid ${prefix}/pid;\nerror_log ${prefix}/log;\n${belowPrefix(text)}`,
      'latin1',
    );
    const nginx = spawn('nginx', ['-p', `${prefix}/`, '-c', file, '-e', `${prefix}/log`], {
      stdio: 'ignore',
    });
    const ended = once(nginx, 'exit');
    try {
      while (!(await listens(port))) {
        if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
        await delay(20);
      }
      expect(await echoThrough(port)).toBe('hello');
    } finally {
      nginx.kill('SIGKILL');
      await ended;
    }
  });
});
