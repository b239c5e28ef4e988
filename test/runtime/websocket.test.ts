import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Serving } from './support/serving.ts';

describe('WebSockets through the proxy', () => {
  let backend: WebSocketServer;
  let serving: Serving;

  beforeAll(async () => {
    backend = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'chat' });
    backend.on('connection', (socket) =>
      socket.on('message', (data, binary) => socket.send(data, { binary })),
    );
    await once(backend, 'listening');
    const { port } = backend.address() as AddressInfo;
    serving = await Serving.start(`
      access_log off;
      map $http_upgrade $connection_upgrade { default upgrade; '' close; }
      server {
        listen 127.0.0.1:{{PORT}};
        location / {
          proxy_pass http://127.0.0.1:${port};
          proxy_http_version 1.1;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
        }
        location /bare { proxy_pass http://127.0.0.1:${port}; }
      }`);
  });

  afterAll(async () => {
    for (const client of backend.clients) client.terminate();
    backend.close();
    await serving.close();
  });

  const open = async (path: string, protocols: string[] = []): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${serving.port}${path}`, protocols, {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    return socket;
  };

  it('echo text, with the subprotocol agreed upon', async () => {
    const socket = await open('/', ['chat']);
    expect(socket.protocol).toBe('chat');
    socket.send('grüße');
    expect(String((await once(socket, 'message'))[0])).toBe('grüße');
    socket.close(1000, 'bye');
    expect((await once(socket, 'close'))[0]).toBe(1000);
  });

  it('carry large messages unchanged', async () => {
    const socket = await open('/');
    const message = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index & 255));
    socket.send(message);
    const [echo] = (await once(socket, 'message')) as [Buffer];
    expect(echo.equals(message)).toBe(true);
    socket.terminate();
  });

  it('carry many small messages in order on many sockets', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open('/')));
    const received = sockets.map((socket) => {
      const numbers: number[] = [];
      return new Promise<number[]>((resolve) =>
        socket.on('message', (data) => {
          if (numbers.push(Number(String(data))) === 200) resolve(numbers);
        }),
      );
    });
    for (let count = 0; count < 200; count++) for (const socket of sockets) socket.send(String(count));
    const expected = Array.from({ length: 200 }, (_, index) => index);
    for (const numbers of await Promise.all(received)) expect(numbers).toEqual(expected);
    for (const socket of sockets) socket.terminate();
  });

  it('fail where the headers are not passed on', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${serving.port}/bare`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(/Unexpected server response: 4\d\d/);
  });
});
