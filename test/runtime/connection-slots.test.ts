import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import * as tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionSlots, type Reusable } from '../../src/runtime/connection-slots.ts';
import { Authorities, hasOpenssl } from './support/authorities.ts';
import { arrived, Serving, type Client } from './support/serving.ts';

describe('ConnectionSlots', () => {
  const said: string[] = [];
  const log = {
    standardError: false,
    takes: () => true,
    write: (level: string, text: string) => said.push(`${level} ${text}`),
  };
  beforeEach(() => (said.length = 0));

  test('gives as many places as there are, and those again that are given back', () => {
    const slots = new ConnectionSlots(4, 2, log);
    expect([slots.take(), slots.take(), slots.take()]).toEqual([true, true, false]);
    expect(slots.refusal).toBe('4 worker_connections are not enough');
    slots.give();
    expect([slots.take(), slots.take()]).toEqual([true, false]);
    expect(said).toEqual([]);
  });

  test('closes an eighth of the waiting, those first that have waited longest, when a sixteenth is left', () => {
    const closed: number[] = [];
    const slots = new ConnectionSlots(32, 29, log);
    const clients = Array.from({ length: 20 }, (_, number): Reusable => ({
      list: null,
      previous: null,
      next: null,
      close: () => closed.push(number),
    }));
    for (const client of clients) slots.setReusable(client, true);
    slots.setReusable(clients[0]!, false);
    slots.setReusable(clients[2]!, false);
    slots.setReusable(clients[2]!, true);
    slots.take();
    expect(closed).toEqual([]);
    slots.take();
    expect(closed).toEqual([1, 3]);
    expect(said).toEqual(['warn 32 worker_connections are not enough, reusing connections']);
    slots.take();
    expect(said).toHaveLength(1);
  });
});

describe('worker_connections', () => {
  let backend: Server;
  let held: Socket[];
  let serving: Serving;
  let clients: Client[];

  beforeEach(async () => {
    held = [];
    clients = [];
    backend = createServer((socket) => {
      held.push(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done));
    const { port } = backend.address() as AddressInfo;
    // A listening socket and the channel take two.
    serving = await Serving.start(
      `log_format short '$request_uri $status "$upstream_addr"'; access_log {{DIR}}/access.log short;
       server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://127.0.0.1:${port}; } location /own { return 200 own; } }`,
      {},
      '1.31.5',
      'worker_connections 7;',
    );
  });
  afterEach(async () => {
    for (const socket of held) socket.destroy();
    backend.close();
    await serving.close();
  });

  const client = async (): Promise<Client> => {
    const made = serving.connect();
    clients.push(made);
    await arrived();
    return made;
  };

  test('counts connections to upstreams: a request gets 500 when there is none left, the next client none', async () => {
    for (let count = 0; count < 2; count++) (await client()).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const third = (await client()).send('GET /third HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await expect.poll(() => third.closed).toBe(true);
    expect(third.input).toMatch(/^HTTP\/1\.1 500 /);
    const log = serving.errorLog();
    expect(log).toMatch(
      /\[alert\].* 7 worker_connections are not enough while connecting to upstream, client: 127/,
    );
    (await client()).send('GET /');
    const fifth = await client();
    await expect.poll(() => fifth.closed).toBe(true);
    expect(serving.errorLog()).toMatch(/\[alert\] \d+#\d+: 7 worker_connections are not enough\n/);
    await serving.process.terminate();
    expect(serving.accessLog()).toContain('/third 500 ""\n');
  });

  test('connections that only wait make room for others', async () => {
    for (let count = 0; count < 8; count++) {
      const made = (await client()).send('GET /own HTTP/1.1\r\nHost: a\r\n\r\n');
      await expect.poll(() => made.input).toContain('own');
    }
    await expect
      .poll(() => clients.map(({ closed }) => closed))
      .toEqual([true, true, true, ...Array<boolean>(5).fill(false)]);
    expect(serving.errorLog()).toContain('reusing connections');
  });

  test('places come back with the connections', async () => {
    for (let count = 0; count < 12; count++) {
      const made = (await client()).send('GET / HTTP/1.0\r\n\r\n');
      await expect.poll(() => held.length).toBe(count + 1);
      held.at(-1)!.end('HTTP/1.0 200 OK\r\n\r\nx');
      await expect.poll(() => made.closed).toBe(true);
      expect(made.input).toContain(' 200 OK');
    }
  });
});

describe.skipIf(!hasOpenssl)('places of connections that come to nothing', () => {
  let authorities: Authorities;
  beforeAll(() => {
    authorities = new Authorities();
    authorities.root('server');
  });
  afterAll(() => authorities.remove());

  /** Connects, says this, and waits for the end, which comes from the client if not from the server. */
  const talk = (port: number, bytes: Buffer | string, leaves: boolean): Promise<void> =>
    new Promise((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(bytes);
        if (leaves) setTimeout(() => socket.destroy(), 5);
      });
      socket.on('data', () => undefined);
      socket.on('error', () => undefined);
      socket.on('close', () => done());
    });
  const shakeHands = (port: number, options: tls.ConnectionOptions = {}): Promise<string> =>
    new Promise((done) => {
      let text = '';
      const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () =>
        socket.write('GET / HTTP/1.0\r\n\r\n'),
      );
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => done(text));
    });
  const hello = Buffer.from('16030100c8010000c40303', 'hex');

  test('go to others where nothing has come of them yet', async () => {
    const serving = await Serving.start(
      `server { listen 127.0.0.1:{{PORT}} ssl; return 200 own;
         ssl_certificate ${authorities.at('server.crt')}; ssl_certificate_key ${authorities.at('server.key')}; }`,
      {},
      '1.31.5',
      'worker_connections 6;',
    );
    const silent: Socket[] = [];
    for (let count = 0; count < 4; count++) {
      silent.push(connect(serving.port, '127.0.0.1'));
      silent.at(-1)!.resume();
      await arrived();
    }
    expect(await shakeHands(serving.port)).toContain('own');
    await expect.poll(() => silent.map(({ closed }) => closed)).toEqual([true, false, false, false]);
    for (const socket of silent) socket.destroy();
    await serving.close();
  });

  test.each([
    ['handshakes that succeed', '', (port: number) => shakeHands(port)],
    [
      'handshakes that fail',
      '',
      (port: number) =>
        shakeHands(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
    ],
    ['plain requests', '', (port: number) => talk(port, 'GET / HTTP/1.0\r\n\r\n', false)],
    ['clients that leave in their hello', '', (port: number) => talk(port, hello, true)],
    [
      'clients that say nothing more',
      'client_header_timeout 20ms;',
      (port: number) => talk(port, hello, false),
    ],
    ['servers that reject', 'ssl_reject_handshake on;', (port: number) => shakeHands(port)],
    [
      'upstreams that are not there',
      'location / { proxy_pass http://127.0.0.1:1; }',
      (port: number) => shakeHands(port),
    ],
    ['upstreams without TLS', 'location / { proxy_pass https://kept; }', (port: number) => shakeHands(port)],
    [
      'upstream certificates that are not there',
      'location / { proxy_pass https://127.0.0.1:1; proxy_ssl_certificate $arg_none; proxy_ssl_certificate_key $arg_none; }',
      (port: number) => shakeHands(port),
    ],
    [
      'kept connections to upstreams',
      'location / { proxy_pass http://kept; proxy_set_header Connection ""; proxy_http_version 1.1; }',
      (port: number) => shakeHands(port),
    ],
  ])('come back: %s', async (_name, settings, use) => {
    const serving = await Serving.start(
      `upstream kept { server unix:{{DIR}}/own.sock; keepalive 1; }
       server { listen unix:{{DIR}}/own.sock; return 200 own; }
       server {
         listen 127.0.0.1:{{PORT}} ssl; ssl_protocols TLSv1.2 TLSv1.3;
         ssl_certificate ${authorities.at('server.crt')}; ssl_certificate_key ${authorities.at('server.key')};
         ${settings} }`,
      {},
      '1.31.5',
      'worker_connections 9;',
    );
    for (let count = 0; count < 15; count++) await use(serving.port);
    await expect.poll(() => serving.errorLog().includes('are not enough')).toBe(false);
    await serving.close();
  });
});
