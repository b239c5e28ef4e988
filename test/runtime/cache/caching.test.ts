import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { arrived, Serving, Upstream } from '../support/serving.ts';

let serving: Serving;
let upstream: Upstream;
/** Requests that the upstream has seen. */
let asked: string[] = [];

/** Serves an upstream that answers what `answer` says of a request's path, with the connection closed afterwards. */
async function start(
  answer: (path: string, write: (text: string) => void) => Promise<void> | void,
  location = '',
  path = '',
): Promise<void> {
  asked = [];
  upstream = await Upstream.start((socket, input) => {
    const line = /^(\S+ (\S+)) /.exec(input);
    if (line === null || !input.includes('\r\n\r\n')) return;
    asked.push(line[1]!);
    void Promise.resolve(answer(line[2]!, (text) => socket.write(text, 'latin1'))).then(() => socket.end());
  });
  serving = await Serving.start(
    `proxy_temp_path {{DIR}}/proxy_temp;
     proxy_cache_path {{DIR}}/cache levels=1:2 keys_zone=zone:1m ${path};
     log_format status "$uri $status $upstream_cache_status"; access_log {{DIR}}/access.log status;
     server {
       listen 127.0.0.1:{{PORT}};
       root {{DIR}};
       add_header X-Cache $upstream_cache_status;
       location / { proxy_pass http://127.0.0.1:${upstream.port}; proxy_cache zone; ${location} }
       location /stored { proxy_pass http://127.0.0.1:${upstream.port}; proxy_store on; proxy_store_access user:rw all:r; }
     }`,
  );
}

afterEach(async () => {
  await serving.close();
  upstream.close();
});

const ask = async (path: string, headers = ''): Promise<string> =>
  serving.connect().send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`).readAll();
const cacheStatus = (answer: string): string | undefined => /X-Cache: (\S+)/.exec(answer)?.[1];
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);
const filesBelow = (folder: string): string[] =>
  readdirSync(join(serving.directory, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const plain = (body: string, headers = 'Cache-Control: max-age=60\r\n'): string =>
  `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

describe('proxy_cache', () => {
  it('keeps an answer in a file named by its key, and gives it again', async () => {
    await start((path, write) => write(plain(`answer to ${path}`)));
    expect(cacheStatus(await ask('/a'))).toBe('MISS');
    const again = await ask('/a');
    expect([cacheStatus(again), bodyOf(again)]).toEqual(['HIT', 'answer to /a']);
    expect(asked).toEqual(['GET /a']);
    const [file = '', ...others] = filesBelow('cache');
    expect(others).toEqual([]);
    expect(readFileSync(file, 'latin1')).toContain(
      `\nKEY: http://127.0.0.1:${upstream.port}/a\nHTTP/1.1 200 OK\r\n`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(filesBelow('proxy_temp')).toEqual([]);
    await expect.poll(() => serving.accessLog()).toBe('/a 200 MISS\n/a 200 HIT\n');
  });

  it('gives parts of large answers, and whole ones over chunks', async () => {
    const body = Array.from({ length: 40_000 }, (_, line) => `${line}\n`).join('');
    await start(
      (path, write) =>
        path === '/chunked'
          ? write(
              `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nAccept-Ranges: bytes\r\nTransfer-Encoding: chunked\r\n\r\n` +
                `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
            )
          : write(plain(body, 'Cache-Control: max-age=60\r\nAccept-Ranges: bytes\r\n')),
      'proxy_http_version 1.1;',
    );
    expect(bodyOf(await ask('/plain'))).toBe(body);
    const part = await ask('/plain', 'Range: bytes=100000-100009\r\n');
    expect([cacheStatus(part), bodyOf(part)]).toEqual(['HIT', body.slice(100_000, 100_010)]);
    await ask('/chunked');
    const whole = await ask('/chunked');
    expect(cacheStatus(whole)).toBe('HIT');
    expect(whole).toContain('Transfer-Encoding: chunked');
    expect(bodyOf(whole).replace(/^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n(?=.)/g, '').length).toBeGreaterThan(
      body.length,
    );
  });

  it('fetches to the end what a client no longer waits for', async () => {
    let finish = (): void => {};
    await start(async (_, write) => {
      write(
        `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 200000\r\n\r\n${'a'.repeat(100_000)}`,
      );
      await new Promise<void>((done) => (finish = done));
      write('b'.repeat(100_000));
    });
    const client = serving.connect().send('GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.read(/aaaa/);
    client.socket.destroy();
    await arrived();
    finish();
    await expect.poll(() => filesBelow('cache').length).toBe(1);
    const again = await ask('/big');
    expect([cacheStatus(again), bodyOf(again).length]).toEqual(['HIT', 200_000]);
  });

  it('answers HEAD before the body is there that it fetches', async () => {
    let finish = (): void => {};
    await start(async (_, write) => {
      write(
        `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 20000\r\n\r\n${'a'.repeat(10_000)}`,
      );
      await new Promise<void>((done) => (finish = done));
      write('b'.repeat(10_000));
    });
    const client = serving.connect().send('HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await client.read(/\r\n\r\n/)).toContain('Content-Length: 20000');
    expect(asked).toEqual(['GET /a']);
    finish();
    expect(await client.readAll()).toBe('');
    expect(bodyOf(await ask('/a')).length).toBe(20_000);
  });

  it('does not hold back the upstream for a slow client, nor keep the body in memory', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    await start(async (_, write) => {
      write(`HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${16 * 1024 * 1024}\r\n\r\n`);
      for (let count = 0; count < 16; count++) write(megabyte);
    }, 'proxy_max_temp_file_size 1m;');
    const socket = connect(serving.port, '127.0.0.1').pause();
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await expect.poll(() => filesBelow('cache').length).toBe(1);
    let length = 0;
    for await (const bytes of socket) length += (bytes as Buffer).length;
    expect(length).toBeGreaterThan(16 * 1024 * 1024);
  });

  it('does not keep what ends before its time', async () => {
    await start((_, write) =>
      write('HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 100\r\n\r\nshort'),
    );
    await ask('/cut');
    await ask('/cut');
    expect(asked.length).toBe(2);
    expect([...filesBelow('cache'), ...filesBelow('proxy_temp')]).toEqual([]);
  });

  it('writes beside the final name without a temporary path', async () => {
    await start((_, write) => write(plain('x')), '', 'use_temp_path=off');
    await ask('/a');
    expect(cacheStatus(await ask('/a'))).toBe('HIT');
    expect(filesBelow('cache').length).toBe(1);
  });

  it('asks for one answer once, however many want it (proxy_cache_lock)', async () => {
    await start(async (_, write) => {
      await delay(100);
      write(plain('x'));
    }, 'proxy_cache_lock on;');
    const answers = await Promise.all([ask('/a'), ask('/a'), ask('/a')]);
    expect(asked).toEqual(['GET /a']);
    expect(answers.map(cacheStatus).sort()).toEqual(['HIT', 'HIT', 'MISS']);
  });

  it('answers with what is old while it fetches what is new', async () => {
    let version = 0;
    let finish = (): void => {};
    const wanted = new Promise<void>((done) => (finish = done));
    await start(async (_, write) => {
      const mine = version++;
      if (mine > 0) await wanted;
      write(plain(`version ${mine}`, 'X-Accel-Expires: 1\r\n'));
    }, 'proxy_cache_use_stale updating; proxy_cache_background_update on;');
    await ask('/a');
    await delay(2100);
    const client = serving.connect().send('GET /a HTTP/1.1\r\nHost: x\r\n\r\n');
    const first = await client.read(/version \d/);
    expect([cacheStatus(first), first.slice(-9)]).toEqual(['STALE', 'version 0']);
    expect(cacheStatus(await ask('/a'))).toBe('UPDATING');
    await expect.poll(() => asked.length).toBe(2);
    finish();
    await expect.poll(async () => bodyOf(await ask('/a'))).toBe('version 1');
  });
});

describe('proxy_store', () => {
  it('keeps what the upstream sent as the file of the URI, with its date', async () => {
    await start((_, write) => write(plain('text', 'Last-Modified: Mon, 28 Sep 1970 06:00:00 GMT\r\n')));
    await ask('/stored/deep/file.txt');
    const file = join(serving.directory, 'stored/deep/file.txt');
    expect(readFileSync(file, 'latin1')).toBe('text');
    expect(statSync(file).mode & 0o777).toBe(0o604);
    expect(statSync(file).mtime.toUTCString()).toBe('Mon, 28 Sep 1970 06:00:00 GMT');
    expect(statSync(join(serving.directory, 'stored')).mode & 0o777).toBe(0o705 & ~process.umask());
  });

  it('keeps nothing of errors and of answers that are not whole', async () => {
    await start((path, write) =>
      write(
        path.endsWith('cut')
          ? 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'
          : 'HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx',
      ),
    );
    await ask('/stored/none');
    await ask('/stored/cut');
    expect(existsSync(join(serving.directory, 'stored'))).toBe(false);
    expect(filesBelow('proxy_temp')).toEqual([]);
  });
});
