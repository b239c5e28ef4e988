import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrived, Serving, Upstream } from './support/serving.ts';

const body = 'x'.repeat(3000);

describe('a client connection', () => {
  let serving: Serving;
  let upstream: Upstream;

  beforeEach(async () => {
    upstream = await Upstream.start((socket, input) => {
      const head = input.indexOf('\r\n\r\n');
      if (head < 0) return;
      if (input.startsWith('GET /hang')) return;
      if (input.startsWith('GET /cut')) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart');
        return;
      }
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(input)?.[1] ?? 0);
      if (input.length < head + 4 + length) return;
      const received = input.slice(head + 4);
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${received.length + 4}\r\n\r\ngot:${received}`);
    });
    serving = await Serving.start(
      `
      client_body_temp_path {{DIR}}/body; proxy_temp_path {{DIR}}/proxy;
      log_format plain '$request|$status|$body_bytes_sent|$request_length';
      access_log {{DIR}}/access.log plain;
      server {
        listen 127.0.0.1:{{PORT}};
        location / { return 200 hello; }
        location /file { root {{DIR}}; }
        location /up { proxy_pass http://127.0.0.1:${upstream.port}; }
        location /hang { proxy_pass http://127.0.0.1:${upstream.port}; proxy_read_timeout 200ms; }
        location /patient { proxy_pass http://127.0.0.1:${upstream.port}/hang; }
        location /cut { proxy_pass http://127.0.0.1:${upstream.port}; }
        location /slow { limit_rate 1k; root {{DIR}}; }
        location /direct { proxy_pass http://127.0.0.1:${upstream.port}/up; proxy_request_buffering off; }
        location /tiny { client_max_body_size 10; client_body_buffer_size 4; proxy_pass http://127.0.0.1:${upstream.port}/up; }
        location /disk { client_body_buffer_size 16; proxy_pass http://127.0.0.1:${upstream.port}/up; }
      }`,
      { 'file/a.txt': body, 'slow/a.txt': body },
    );
  });

  afterEach(async () => {
    await serving.close();
    upstream.close();
  });

  it('answers requests one after the other, also when they come together', async () => {
    const client = serving.connect();
    client.send('GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.read(/hello/);
    await client.read(/hello/);
    client.send('GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await client.readAll()).toMatch(/Connection: close\r\n\r\nhello$/);
    expect(client.closed).toBe(true);
  });

  it('answers requests that come together behind others that did', async () => {
    const client = serving.connect();
    const get = (path: string, last = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${last}\r\n`;
    client.send(get('/a') + get('/b'));
    await client.read(/hello/);
    await client.read(/hello/);
    client.send(get('/c') + get('/d', 'Connection: close\r\n'));
    expect((await client.readAll()).match(/hello/g)).toHaveLength(2);
  });

  it('takes a head byte by byte, with bare line feeds', async () => {
    const client = serving.connect();
    for (const byte of 'GET / HTTP/1.0\nX: y\n\n') {
      client.send(byte);
      await new Promise((next) => setImmediate(next));
    }
    expect(await client.readAll()).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nhello$/);
  });

  it('sends files and parts of files', async () => {
    const client = serving.connect();
    client.send('GET /file/a.txt HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await client.read(/\r\n\r\nx{3000}/)).toContain('Content-Length: 3000');
    client.send('GET /file/a.txt HTTP/1.1\r\nHost: x\r\nRange: bytes=10-19\r\nConnection: close\r\n\r\n');
    expect(await client.readAll()).toMatch(/^HTTP\/1.1 206 [^]*\r\n\r\nx{10}$/);
  });

  it('passes bodies on from memory, from a file and as they come', async () => {
    for (const path of ['/up', '/disk', '/direct']) {
      const client = serving.connect();
      client.send(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 30\r\n\r\n0123456789`,
      );
      await arrived();
      client.send('01234567890123456789');
      expect(await client.readAll()).toMatch(/got:012345678901234567890123456789$/);
    }
  });

  it('passes a chunked body on with its length, once it is complete', async () => {
    const client = serving.connect();
    client.send(
      'POST /disk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
    );
    client.send('lo\r\n15;x=y\r\n world, how are you?!\r\n0\r\n\r\n');
    expect(await client.readAll()).toMatch(/got:hello world, how are you\?!$/);
    expect(upstream.heads[0]).toMatch(/Content-Length: 26\r\n/);
  });

  it('answers Expect: 100-continue before it reads', async () => {
    const client = serving.connect();
    client.send(
      'POST /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n',
    );
    expect(await client.read(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('ab');
    expect(await client.readAll()).toMatch(/got:ab$/);
  });

  it('throws away a body that nobody wants, and finds the next request behind it', async () => {
    const client = serving.connect();
    client.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n${'b'.repeat(1000)}`);
    await client.read(/hello/);
    client.send(`${'b'.repeat(4000)}GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await client.readAll()).toMatch(/hello$/);
  });

  it.each([
    ['by length', 'Content-Length: 11\r\n\r\n0123456789a'],
    ['by chunks', 'Transfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n'],
  ])('refuses too large a body, told %s', async (_how, rest) => {
    const client = serving.connect();
    client.send(`POST /tiny HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(await client.readAll()).toMatch(/^HTTP\/1.1 413 /);
  });

  it('gives up on a head, a body and a next request that do not come', async () => {
    await serving.close();
    serving = await Serving.start(
      `log_format plain '$request|$status|$body_bytes_sent|';
       access_log {{DIR}}/access.log plain;
       server {
         listen 127.0.0.1:{{PORT}};
         location / { return 200 hello; }
         location /up { proxy_pass http://127.0.0.1:${upstream.port}; }
         client_header_timeout 300ms; client_body_timeout 300ms; keepalive_timeout 400ms;
       }`,
    );
    const [head, silent, kept] = [serving.connect(), serving.connect(), serving.connect()];
    head.send('GET / HTTP/1.1\r\n');
    silent.send('POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    kept.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await kept.read(/hello/);
    expect(await head.readAll()).toBe('');
    expect(await silent.readAll()).toBe('');
    expect(await kept.readAll()).toBe('');
    await expect.poll(() => serving.accessLog()).toMatch(/\|408\|0\|/);
  });

  it('ends with 504 when the upstream is silent, and logs 499 when the client leaves', async () => {
    const client = serving.connect();
    client.send('GET /hang HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await client.readAll()).toMatch(/^HTTP\/1.1 504 /);
    const leaving = serving.connect();
    leaving.send('GET /patient HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => upstream.heads.length).toBe(2);
    leaving.socket.destroy();
    await expect.poll(() => serving.accessLog()).toMatch(/GET \/patient HTTP\/1.1\|499\|0\|/);
  });

  it('cuts the connection when the upstream cuts the answer', async () => {
    const client = serving.connect();
    client.send('GET /cut HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await client.readAll()).toMatch(/Content-Length: 100\r\n[^]*\r\n\r\npart$/);
    await expect.poll(() => serving.errorLog()).toContain('upstream prematurely closed connection');
  });

  it('answers a request whose head comes in two pieces behind a long one', async () => {
    const client = serving.connect();
    const long = `GET /${'x'.repeat(2000)} HTTP/1.1\r\nHost: x\r\n\r\n`;
    client.send(`${long}GET /b HTTP/1.1\r\nHo`);
    await client.read(/hello/);
    client.send('st: x\r\nConnection: close\r\n\r\n');
    expect(await client.readAll()).toMatch(/Connection: close\r\n\r\nhello$/);
  });

  it('limits the rate', async () => {
    const client = serving.connect();
    const started = performance.now();
    client.send('GET /slow/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await client.readAll()).length).toBeGreaterThan(3000);
    expect(performance.now() - started).toBeGreaterThan(1000);
  });
});
