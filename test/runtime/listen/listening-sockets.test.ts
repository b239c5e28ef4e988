import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptFailure, type ListenAddress } from '../../../src/runtime/listen/listening-socket.ts';
import { ListeningSockets } from '../../../src/runtime/listen/listening-sockets.ts';
import { freePort } from '../../ports.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-listen-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const defaults = { backlog: null, ipv6Only: true, reusePort: false, keepAlive: null, keepAliveIdle: null };
const tcp = (port: number, host = '127.0.0.1'): ListenAddress => ({
  ...defaults,
  text: `${host}:${port}`,
  host,
  port,
  path: null,
});
const unix = (name: string): ListenAddress => {
  const path = join(folder, name);
  return { ...defaults, text: `unix:${path}`, host: null, port: 0, path };
};

const reaches = (target: { port: number; host?: string } | { path: string }): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(target);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.unref();
  });

describe('ListeningSockets', () => {
  test('keeps what two configurations share and closes the rest', async () => {
    const sockets = new ListeningSockets();
    const [kept, dropped] = [await freePort(), await freePort()];
    expect(await sockets.open([tcp(kept), tcp(dropped)], () => {})).toBeNull();
    const before = sockets.get(`127.0.0.1:${kept}`);
    sockets.keepOnly([tcp(kept)]);
    expect(sockets.get(`127.0.0.1:${kept}`)).toBe(before);
    expect([
      await reaches({ port: kept, host: '127.0.0.1' }),
      await reaches({ port: dropped, host: '127.0.0.1' }),
    ]).toEqual([true, false]);
    sockets.close();
  });

  test('makes unix sockets that everybody may use and removes them', async () => {
    const sockets = new ListeningSockets();
    const address = unix('s.sock');
    expect(await sockets.open([address], () => {})).toBeNull();
    expect(statSync(address.path!).mode & 0o777).toBe(0o666);
    expect(await reaches({ path: address.path! })).toBe(true);
    sockets.close();
    expect(existsSync(address.path!)).toBe(false);
  });

  test('tries again while an address is in use, in the words of nginx', async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
    setTimeout(() => other.close(), 100);
    const sockets = new ListeningSockets();
    const said: string[] = [];
    expect(await sockets.open([tcp(port)], (level, message) => said.push(`${level} ${message}`))).toBeNull();
    expect(said).toEqual([
      `emerg bind() to 127.0.0.1:${port} failed (98: Address already in use)`,
      'notice try again to bind() after 500ms',
    ]);
    sockets.close();
  });

  test('closes what it opened when an address cannot be had', async () => {
    const sockets = new ListeningSockets();
    const port = await freePort();
    const said: string[] = [];
    const failure = await sockets.open([tcp(port), tcp(port, '192.0.2.1')], (_level, message) =>
      said.push(message),
    );
    expect(failure).toBe(`bind() to 192.0.2.1:${port} failed (99: Cannot assign requested address)`);
    expect(said).toEqual([failure]);
    expect(await reaches({ port, host: '127.0.0.1' })).toBe(false);
  });
});

test('a connection that cannot be accepted is told of as nginx does', () => {
  expect(['ECONNABORTED', 'EMFILE', 'ENOBUFS'].map(acceptFailure)).toEqual([
    { level: 'error', message: 'accept4() failed (103: Software caused connection abort)' },
    { level: 'crit', message: 'accept4() failed (24: Too many open files)' },
    { level: 'alert', message: 'accept4() failed (105: No buffer space available)' },
  ]);
});
