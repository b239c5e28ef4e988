import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startEchoBackends, type EchoBackends } from '../../../src/runtime/echo/backends.ts';
import { freePort } from '../../ports.ts';

let backends: EchoBackends | undefined;
afterEach(async () => {
  await backends?.close();
  backends = undefined;
});

describe('echo backends', () => {
  it('echo WebSocket messages and tell the handshake head when asked', async () => {
    const port = await freePort();
    backends = await startEchoBackends([{ host: '127.0.0.1', port }]);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat/?hopwright-head`);
    const messages: string[] = [];
    socket.on('open', () => socket.send('ping'));
    await new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        messages.push(String(data));
        if (messages.length === 2) resolve();
      });
    });
    socket.terminate();
    expect(messages[0]).toMatch(/^GET \/chat\/\?hopwright-head HTTP\/1\.1\r\n/);
    expect(messages[1]).toBe('ping');
  });

  it('answer a browser with a page and a program with the request head', async () => {
    const port = await freePort();
    backends = await startEchoBackends([{ host: '127.0.0.1', port }]);
    const page = await fetch(`http://127.0.0.1:${port}/x?<b>`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(/^<!doctype html>[^]*GET \/x\?(&lt;|%3C)b(&gt;|%3E) HTTP\/1\.1/);
    const head = await fetch(`http://127.0.0.1:${port}/x`, { headers: { accept: '*/*' } });
    expect(await head.text()).toMatch(/^GET \/x HTTP\/1\.1\r\n/);
  });

  it('leave an address alone that is taken or not on this machine', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    backends = await startEchoBackends([
      { host: '127.0.0.1', port },
      { host: '192.0.2.1', port },
    ]);
    taken.close();
    expect(backends.started).toEqual([]);
    expect(backends.skipped.map(({ code }) => code)).toEqual(['EADDRINUSE', 'EADDRNOTAVAIL']);
  });
});
