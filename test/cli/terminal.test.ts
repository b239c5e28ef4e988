import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../ports.ts';
import { Project } from './run.ts';

const command = path.resolve(import.meta.dirname, '../../bin/hopwright.js');
const full = '/dev/full';

const served = (port: number): string =>
  `events {}\nhttp { server { listen 127.0.0.1:${port}; return 200 hello; } }\n`;

/** The body of an answer, on a connection of its own. */
const get = async (port: number, path: string): Promise<string> => {
  const [answer] = await once(http.get({ host: '127.0.0.1', port, path, agent: false }), 'response');
  return text(answer);
};

let project: Project | undefined;
const create = (files: Record<string, string>): Project => (project = new Project(files));
afterEach(() => project?.remove());

test.skipIf(!existsSync(full)).each([
  ['lint', 'a.conf'],
  ['explain', 'a.conf'],
  ['compile', 'a.conf'],
  ['rules', '--format=json'],
])('%s on a full disk says so in one line and gives 2', (...args) => {
  const { folder } = create({ 'a.conf': served(8080) });
  const out = openSync(full, 'w');
  const run = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    stdio: ['ignore', out, 'pipe'],
  });
  closeSync(out);
  expect(run).toMatchObject({
    status: 2,
    stderr: 'hopwright: cannot write standard output: no space left on device\n',
  });
});

describe('serve', () => {
  test('writes every line into the file that standard error goes to', async () => {
    const port = await freePort();
    const { folder } = create({ 'a.conf': served(port) });
    const log = path.join(folder, 'log');
    const fd = openSync(log, 'w');
    const child = spawn(command, ['serve', 'a.conf'], { cwd: folder, stdio: ['ignore', 'pipe', fd] });
    closeSync(fd);
    await once(child.stdout!, 'data');
    expect(await get(port, '/first')).toBe('hello');
    project!.write('a.conf', served(port).replace('hello', 'again'));
    child.kill('SIGHUP');
    await expect.poll(() => get(port, '/')).toBe('again');
    await get(port, '/second');
    child.kill('SIGTERM');
    await once(child, 'exit');
    const lines = readFileSync(log, 'utf8');
    expect(lines).not.toContain('\0');
    expect(lines).toContain('GET /first');
    expect(lines).toContain('GET /second');
  });

  test.each([1, 2])('says once that a port is taken, with %d workers', async (workers) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { folder } = create({ 'a.conf': `worker_processes ${workers};\n${served(port)}` });
    const child = spawn(command, ['serve', 'a.conf'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    other.close();
    expect(code).toBe(1);
    const lines = err.trim().split('\n');
    expect(lines[0]).toBe(
      `hopwright: [emerg] bind() to 127.0.0.1:${port} failed (98: Address already in use)`,
    );
    expect(lines.every((line) => line.startsWith('hopwright: '))).toBe(true);
  });
});
