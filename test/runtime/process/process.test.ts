import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../ports.ts';

const command = resolve(import.meta.dirname, '../../../bin/hopwright-nginx.js');

let folder = '';
let port = 0;
let children: ChildProcess[] = [];
let servers: Server[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-process-'));
  port = await freePort();
});
afterEach(() => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const server of servers) server.close();
  children = [];
  servers = [];
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Writes a configuration with these contents of its server. */
function configure(server: string, main = '', http = ''): void {
  const text = `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log notice; ${main}
    events {}
    http {
      access_log ${folder}/access.log; ${http}
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      server { listen 127.0.0.1:${port}; ${server} }
    }`;
  writeFileSync(join(folder, 'nginx.conf'), text);
}

const args = (): string[] => ['-p', folder, '-c', 'nginx.conf', '-e', 'start.log'];
const log = (): string => readFileSync(join(folder, 'error.log'), 'latin1');
/** What the pid file says; 0 while it says nothing. */
const pid = (): number => {
  const file = join(folder, 'nginx.pid');
  return existsSync(file) ? Number(readFileSync(file, 'latin1')) : 0;
};

/** Waits for what another process does: two minutes, since a busy machine takes its time. */
async function until(condition: () => boolean, what: string): Promise<void> {
  const last = performance.now() + 120_000;
  while (!condition()) {
    if (performance.now() > last) throw new Error(`${what} did not come`);
    await delay(25);
  }
}

interface Running {
  child: ChildProcess;
  ended: Promise<number | null>;
}

async function start(): Promise<Running> {
  const child = spawn(command, args(), { stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(child);
  let errors = '';
  child.stderr!.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await until(() => pid() > 0 || child.exitCode !== null, 'the pid file');
  if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}: ${errors}`);
  return { child, ended };
}

function request(path = '/', host = 'x'): Promise<string> {
  return exchange(connect(port, '127.0.0.1'), path, host);
}

function exchange(socket: Socket, path: string, host = 'x'): Promise<string> {
  return new Promise((done, fail) => {
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    socket.on('end', () => done(answer));
    socket.on('error', fail);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

/** A backend that answers when it is told to. */
async function slowBackend(): Promise<{ backend: number; asked: Promise<void>; answer: () => void }> {
  let arrived = (): void => {};
  let reply = (): void => {};
  const asked = new Promise<void>((done) => (arrived = done));
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      reply = () => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nslow');
      arrived();
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { backend: (server.address() as AddressInfo).port, asked, answer: () => reply() };
}

describe('one process', () => {
  test('has its own number in the pid file when it answers, and leaves nothing behind after QUIT', async () => {
    configure(`listen unix:${folder}/s.sock; return 200 hello;`);
    const { child, ended } = await start();
    expect(pid()).toBe(child.pid);
    expect(await request()).toMatch(/hello$/);
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
    expect(['nginx.pid', 's.sock'].map((name) => existsSync(join(folder, name)))).toEqual([false, false]);
    expect(readFileSync(join(folder, 'access.log'), 'latin1')).toMatch(
      /^127\.0\.0\.1 - - \[.*"GET \/ HTTP\/1\.1" 200 5/,
    );
  });

  test('reloads: who has not said all of a PROXY header may go on under the old configuration, who is silent is let go', async () => {
    configure(`return 200 $proxy_protocol_addr;`);
    const text = readFileSync(join(folder, 'nginx.conf'), 'latin1');
    writeFileSync(join(folder, 'nginx.conf'), text.replace(`:${port};`, `:${port} proxy_protocol;`));
    const { child, ended } = await start();
    const [silent, slow] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    const silentEnds = new Promise((done) => silent.once('close', done));
    silent.resume();
    await new Promise((done) => slow.write('PROXY TCP4 192.0', done));
    await delay(100);
    child.kill('SIGHUP');
    await silentEnds;
    await delay(100);
    expect(log()).not.toContain('exited with code 0');
    slow.write('.2.1 192.0.2.2 1 2\r\n');
    expect(await exchange(slow, '/')).toMatch(/192\.0\.2\.1$/);
    await until(() => log().includes('exited with code 0'), 'the end of the old generation');
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
  });

  test('goes on after USR2, which it cannot obey', async () => {
    configure('return 200 hello;');
    const { child, ended } = await start();
    child.kill('SIGUSR2');
    await until(() => log().includes('signal 12 (SIGUSR2) received, ignoring'), 'the notice');
    expect(await request()).toMatch(/hello$/);
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
  });

  test('reloads: new connections get the new configuration, requests under way end under the old one', async () => {
    const { backend, asked, answer } = await slowBackend();
    configure(`location / { proxy_pass http://127.0.0.1:${backend}; }`);
    const { child, ended } = await start();
    const slow = request('/slow');
    await asked;
    configure('return 200 new;');
    child.kill('SIGHUP');
    await until(() => log().includes('gracefully shutting down'), 'the reload');
    expect(await request()).toMatch(/new$/);
    answer();
    expect(await slow).toMatch(/slow$/);
    await until(() => log().includes('exited with code 0'), 'the end of the old generation');
    expect(pid()).toBe(child.pid);
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
  });

  test('keeps what it has when the new configuration cannot be used, and says why', async () => {
    configure('return 200 old;');
    const { child, ended } = await start();
    configure('return 200 new; nonsense on;');
    child.kill('SIGHUP');
    await until(() => log().includes('[emerg]'), 'the message');
    expect(log()).toMatch(/\[emerg\] \d+#\d+: unknown directive "nonsense" in .*nginx\.conf:7$/m);
    expect(await request()).toMatch(/old$/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('cuts what is under way after worker_shutdown_timeout', async () => {
    const { backend, asked } = await slowBackend();
    configure(`location / { proxy_pass http://127.0.0.1:${backend}; }`, 'worker_shutdown_timeout 50ms;');
    const { child, ended } = await start();
    const slow = request('/slow');
    await asked;
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
    expect(await slow).toBe('');
  });

  test('opens logs again for USR1', async () => {
    configure('return 200 hello;');
    const { child, ended } = await start();
    await request('/one');
    await until(() => readFileSync(join(folder, 'access.log'), 'latin1') !== '', 'the line of the log');
    renameSync(join(folder, 'access.log'), join(folder, 'access.log.1'));
    child.kill('SIGUSR1');
    await until(() => existsSync(join(folder, 'access.log')), 'the new log');
    await request('/two');
    child.kill('SIGTERM');
    await ended;
    const both = ['access.log.1', 'access.log'].map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(both.map((text) => /GET (\S+)/.exec(text)?.[1])).toEqual(['/one', '/two']);
  });

  test('does not start on an address that is in use, and says so', async () => {
    const other = createServer();
    servers.push(other);
    await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
    configure('return 200;');
    const { status, stderr } = spawnSync(command, args(), { encoding: 'latin1', timeout: 120_000 });
    expect(status).toBe(1);
    expect(stderr).toContain(
      `nginx: [emerg] bind() to 127.0.0.1:${port} failed (98: Address already in use)\n`,
    );
    expect(stderr).toMatch(/nginx: \[emerg\] still could not bind\(\)\n$/);
    expect(existsSync(join(folder, 'nginx.pid'))).toBe(false);
  });

  test('is told what to do by -s', async () => {
    configure('return 200 old;');
    const { ended } = await start();
    configure('return 200 new;');
    const send = (signal: string): number | null =>
      spawnSync(command, [...args(), '-s', signal], { timeout: 120_000 }).status;
    expect(send('reload')).toBe(0);
    await until(() => log().includes('exited with code 0'), 'the reload');
    expect(await request()).toMatch(/new$/);
    expect(send('quit')).toBe(0);
    expect(await ended).toBe(0);
    expect(send('quit')).toBe(1);
  });
});

describe('a master with workers', () => {
  test('lets a worker that has just begun end as the others do', async () => {
    configure('add_header X-Pid $pid; return 200 hello;', 'worker_processes 2;');
    const { child, ended } = await start();
    const worker = Number(/X-Pid: (\d+)/.exec(await request())?.[1]);
    process.kill(worker, 'SIGKILL');
    await until(() => log().includes(`worker process ${worker} exited on signal 9`), 'the notice');
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
    expect(log().match(/worker process \d+ exited with code 0/g)).toHaveLength(2);
    expect(log().match(/exited on signal/g)).toHaveLength(1);
  });

  test('does not replace one for ever that cannot begin to serve', async () => {
    configure('add_header X-Pid $pid; return 200 hello;', 'worker_processes 2;');
    const { child, ended } = await start();
    const worker = Number(/X-Pid: (\d+)/.exec(await request())?.[1]);
    rmSync(join(folder, 'access.log'));
    mkdirSync(join(folder, 'access.log'));
    process.kill(worker, 'SIGKILL');
    await until(() => log().includes('exited with fatal code 2 and cannot be respawned'), 'the alert');
    await delay(500);
    expect(log().match(/start worker process \d/g)).toHaveLength(3);
    expect(await request()).toMatch(/hello$/);
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
  });

  test('limits requests to all of them together, over a reload too', async () => {
    const zone = 'limit_req_zone $server_port zone=z:1m rate=1r/m;';
    configure('limit_req zone=z;', 'worker_processes 3;', zone);
    const { child, ended } = await start();
    expect(await request()).toMatch(/ 404 /);
    // What one worker counts comes to the others through the master; nothing shows when it has.
    await delay(1000);
    for (let count = 0; count < 9; count++) expect(await request()).toMatch(/ 503 /);
    child.kill('SIGHUP');
    await until(() => (log().match(/exited with code 0/g) ?? []).length >= 3, 'the reload');
    expect(await request()).toMatch(/ 503 /);
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
  });

  test('replaces a worker that dies, reloads, and ends with all of them', async () => {
    configure('add_header X-Pid $pid; return 200 hello;', 'worker_processes 2;');
    const { child, ended } = await start();
    const workerOf = async (): Promise<number> => Number(/X-Pid: (\d+)/.exec(await request())?.[1]);
    const worker = await workerOf();
    expect(pid()).toBe(child.pid);
    expect(worker).not.toBe(child.pid);
    process.kill(worker, 'SIGKILL');
    await until(() => log().includes(`worker process ${worker} exited on signal 9`), 'the notice');
    expect(await request()).toMatch(/hello$/);
    configure('return 200 new;', 'worker_processes 2;');
    child.kill('SIGHUP');
    await until(() => (log().match(/exited with code 0/g) ?? []).length >= 2, 'the reload');
    expect(await request()).toMatch(/new$/);
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
    expect(existsSync(join(folder, 'nginx.pid'))).toBe(false);
  });

  test('says nothing of workers that end together, which cannot be told of each other', async () => {
    configure('add_header X-Pid $pid; return 200 hello;', 'worker_processes 4;');
    const { child, ended } = await start();
    const started = [...log().matchAll(/start worker process (\d+)/g)].map(([, each]) => Number(each));
    expect(started).toHaveLength(4);
    // Nothing shows when all of them serve.
    await delay(500);
    for (const each of started) process.kill(each, 'SIGKILL');
    await until(() => (log().match(/exited on signal 9/g) ?? []).length === 4, 'the notices');
    child.kill('SIGQUIT');
    expect(await ended).toBe(0);
    expect(log()).not.toContain('internal error');
  });
});
