import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Serving, Upstream } from './support/serving.ts';

const big = 'nothing but text. '.repeat(100_000);

describe('compression', () => {
  let serving: Serving;
  let upstream: Upstream;

  beforeAll(async () => {
    upstream = await Upstream.start((socket, head) => {
      const answer = (length: number, body: string, extra = ''): void =>
        void socket.write(
          `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${extra}Content-Length: ${length}\r\n\r\n${body}`,
          'latin1',
        );
      if (head.includes(' /slow ')) {
        answer(200_000, 'a'.repeat(100));
        return;
      }
      const text = head.includes(' /bad ') ? 'no gzip at all' : gzipSync(big).toString('latin1');
      answer(text.length, text, 'Content-Encoding: gzip\r\n');
    });
    serving = await Serving.start(
      `log_format ratio '$uri $gzip_ratio'; access_log {{DIR}}/access.log ratio; gzip on; gzip_min_length 0; gzip_http_version 1.0;
       server {
         listen 127.0.0.1:{{PORT}}; root {{DIR}};
         location / { types { text/html html; } }
         location /slow { proxy_buffering off; proxy_pass http://127.0.0.1:${upstream.port}; }
         location /packed { gunzip on; proxy_pass http://127.0.0.1:${upstream.port}; }
         location /bad { gunzip on; proxy_pass http://127.0.0.1:${upstream.port}; }
         location /page { ssi on; types { text/html html; } }
       }`,
      {
        'a.html': 'short',
        'big.html': big,
        'none.html': '',
        'page/a.html': '1<!--#include virtual="/a.html" -->2',
      },
    );
  });
  afterAll(async () => {
    await serving.close();
    await upstream.close();
  });

  const ask = async (target: string, extra = 'Accept-Encoding: gzip\r\n'): Promise<string> =>
    serving.connect().send(`GET ${target} HTTP/1.0\r\n${extra}\r\n`).readAll();
  const unpacked = (answer: string): string =>
    gunzipSync(Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1')).toString('latin1');

  it('makes a whole answer of a small body, a large file and an empty one', async () => {
    const small = await ask('/a.html');
    expect(small).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*Content-Type: text\/html\r\n.*Content-Encoding: gzip\r\n\r\n/s,
    );
    expect(unpacked(small)).toBe('short');
    expect(unpacked(await ask('/big.html')) === big).toBe(true);
    expect(unpacked(await ask('/none.html'))).toBe('');
    expect(await ask('/a.html', '')).toMatch(/Content-Length: 5\r\n.*\r\n\r\nshort$/s);
  });
  it('has subrequests in it', async () => {
    expect(unpacked(await ask('/page/a.html'))).toBe('1short2');
  });
  it('lets pieces of an unbuffered answer through as they come', async () => {
    const client = serving.connect().send('GET /slow HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n');
    await client.read(/\r\n\r\n/);
    await client.read(/\0\0\xff\xff$/);
    client.socket.destroy();
  });
  it('is taken off where the client does not take it, before other filters', async () => {
    const answer = await ask('/packed', '');
    expect(answer).not.toContain('Content-Encoding');
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4) === big).toBe(true);
    expect(unpacked(await ask('/packed')) === big).toBe(true);
  });
  it('breaks off what cannot be unpacked', async () => {
    expect(await ask('/bad', '')).toMatch(/\r\n\r\n$/);
    await expect.poll(() => serving.errorLog()).toContain('[crit]');
  });
  it('shows its ratio', async () => {
    await ask('/big.html');
    await ask('/a.html', '');
    await expect.poll(() => serving.accessLog()).toMatch(/\/big\.html \d{3}\.\d\d\n/);
    await expect.poll(() => serving.accessLog()).toMatch(/\/a\.html -\n/);
  });
});
