import { afterEach, expect, test } from 'vitest';
import { arrived, Serving, Upstream } from '../support/serving.ts';

let serving: Serving;
let upstream: Upstream | null = null;
afterEach(async () => {
  await serving.close();
  upstream?.close();
  upstream = null;
  // What this one has closed is none of the next one's connections.
  await arrived();
});

const patience = { timeout: 4000 };

/** TCP connections of this process, seen from both ends. */
const connections = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

const large = { 'html/large': 'x'.repeat(16 << 20) };
const config = `access_log {{DIR}}/access.log; send_timeout 200ms;
  server { listen 127.0.0.1:{{PORT}}; root {{DIR}}/html; }`;

test('a client that takes nothing for send_timeout loses its connection, whatever is still to be written', async () => {
  serving = await Serving.start(config, large);
  const before = connections();
  const client = serving.connect();
  client.socket.pause();
  client.send('GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => serving.errorLog(), patience).toContain('client timed out');
  await expect.poll(() => connections() - before, patience).toBe(1);
  client.socket.destroy();
});

test('a client that closes its direction and reads nothing loses its connection with its request', async () => {
  upstream = await Upstream.start((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n');
    socket.write('x'.repeat(16 << 20));
  });
  serving = await Serving.start(
    `proxy_max_temp_file_size 0; server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://127.0.0.1:${upstream.port}; } }`,
  );
  const before = connections();
  const client = serving.connect();
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => upstream!.heads.length, patience).toBe(1);
  await arrived();
  client.socket.end();
  await expect.poll(() => serving.errorLog(), patience).toContain('client prematurely closed connection');
  upstream.close();
  await expect.poll(() => connections() - before, patience).toBe(1);
  client.socket.destroy();
});

test('an answer that an upstream breaks off ends after send_timeout for a client that takes nothing', async () => {
  upstream = await Upstream.start((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n');
    socket.write('x'.repeat(12 << 20), () => socket.destroy());
  });
  serving = await Serving.start(
    `send_timeout 200ms; server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://127.0.0.1:${upstream.port}; } }`,
  );
  const before = connections();
  const client = serving.connect();
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => serving.errorLog(), patience).toContain('client timed out');
  await expect.poll(() => connections() - before, patience).toBe(1);
  client.socket.destroy();
});
