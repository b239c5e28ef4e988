import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Serving, Upstream } from './support/serving.ts';

const pieces: Readonly<Record<string, readonly string[]>> = {
  whole: ['Content-Length: 33\r\n\r\n<!--#echo var="arg_x" -->01234567'],
  parts: ['Content-Length: 33\r\n\r\n<!--#echo va', 'r="arg_x" -->01234567'],
  chunked: ['Transfer-Encoding: chunked\r\n\r\n', '21\r\n<!--#echo var="arg_x" -->01234567\r\n0\r\n\r\n'],
};

describe.each(Object.keys(pieces))('an answer of an upstream that comes %s', (kind) => {
  let serving: Serving;
  let upstream: Upstream;
  const ask = (target: string, range = ''): Promise<string> =>
    serving
      .connect()
      .send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${range}\r\n`)
      .readAll();

  beforeEach(async () => {
    upstream = await Upstream.start((socket) => {
      socket.setNoDelay(true);
      const [first = '', second = ''] = pieces[kind]!;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "a"\r\n${first}`);
      setTimeout(() => socket.end(second), second === '' ? 0 : 20);
    });
    serving = await Serving.start(
      `proxy_temp_path {{DIR}}/proxy; proxy_http_version 1.1;
       server {
         listen 127.0.0.1:{{PORT}};
         location /ssi { ssi on; proxy_pass http://127.0.0.1:${upstream.port}; }
         location /range { proxy_force_ranges on; proxy_pass http://127.0.0.1:${upstream.port}; }
       }`,
    );
  });

  afterEach(async () => {
    await serving.close();
    await upstream.close();
  });

  it('goes through SSI', async () => {
    expect(await ask('/ssi?x=y')).toMatch(
      /\r\n9\r\ny01234567\r\n0\r\n\r\n$|\r\n1\r\ny\r\n8\r\n01234567\r\n0\r\n\r\n$/,
    );
  });

  it.runIf(kind !== 'chunked')('is cut to the range that was asked for', async () => {
    const answer = await ask('/range', 'Range: bytes=26-28\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 206 .*\r\nContent-Length: 3\r\n.*\r\n\r\n123$/s);
    expect(await ask('/range', 'Range: bytes=26-\r\nIf-Range: "a"\r\n')).toMatch(/^HTTP\/1\.1 206 /);
    expect(await ask('/range', 'Range: bytes=26-\r\nIf-Range: "b"\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    // The body only passes once: nginx does not look for several ranges in it (r->single_range).
    expect(await ask('/range', 'Range: bytes=-2,25-26\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('includes of SSI', () => {
  it('run at the same time, and come in their order', async () => {
    const pages: Readonly<Record<string, string>> = {
      '/slow': 'SLOW',
      '/set': 'SET',
      '/nested': '(<!--#include virtual="/slow" wait="yes" -->)',
      '/big': 'b'.repeat(300_000),
    };
    // The three pages that are slow come when all three were asked for.
    const slow: (() => void)[] = [];
    const upstream = await Upstream.start((socket, head) => {
      const target = head.split(' ')[1]!;
      const send = (): void =>
        void socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${pages[target]!}`);
      if (target !== '/slow') send();
      else if (slow.push(send) === 3) for (const each of slow) each();
    });
    const page =
      '1<!--#include virtual="/slow" -->2<!--#include virtual="/big" -->3<!--#include virtual="/nested" -->4' +
      '<!--#include virtual="/set" set="x" -->5<!--#echo var="x" --><!--#include virtual="/slow" -->6';
    const serving = await Serving.start(
      `server {
         listen 127.0.0.1:{{PORT}}; root {{DIR}}; ssi on; proxy_buffers 3 4k; proxy_max_temp_file_size 0;
         location / { proxy_pass http://127.0.0.1:${upstream.port}; }
         location = /page.html { }
       }`,
      { 'page.html': page },
    );
    const answer = await serving.connect().send('GET /page.html HTTP/1.0\r\n\r\n').readAll();
    await serving.close();
    upstream.close();
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4).replace(pages['/big']!, 'BIG');
    expect(body).toBe('1SLOW2BIG3(SLOW)45SETSLOW6');
  });
});
