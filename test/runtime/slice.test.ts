import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Serving, Upstream } from './support/serving.ts';

const text = '0123456789abcdefgh';

describe('an answer in slices', () => {
  let serving: Serving;
  let upstream: Upstream;

  beforeAll(async () => {
    upstream = await Upstream.start((socket, head) => {
      const range = /Range: bytes=(\d+)-(\d+)/.exec(head);
      if (range === null) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole');
        return;
      }
      const start = Number(range[1]);
      const part = text.slice(start, Number(range[2]) + 1);
      const end = start + part.length - 1;
      const etag = head.includes('/changes') ? start : 'same';
      socket.end(
        `HTTP/1.1 206 Partial Content\r\nETag: "${etag}"\r\nContent-Range: bytes ${start}-${end}/${text.length}\r\nContent-Length: ${part.length}\r\n\r\n${part}`,
      );
    });
    serving = await Serving.start(
      `proxy_cache_path {{DIR}}/cache keys_zone=kept:1m;
       server {
         listen 127.0.0.1:{{PORT}};
         location / {
           slice 4; proxy_set_header Range $slice_range; proxy_pass http://127.0.0.1:${upstream.port};
         }
         location /sub { slice 4; proxy_set_header Range $slice_range; proxy_pass http://127.0.0.1:${upstream.port};
           sub_filter_types *; sub_filter_once off; sub_filter 3 three; sub_filter 34 never; }
         location /kept { slice 4; proxy_set_header Range $slice_range; proxy_cache kept; proxy_cache_valid 206 1m;
           proxy_cache_key $uri$slice_range; proxy_pass http://127.0.0.1:${upstream.port}; }
         location /plain { slice 4; proxy_pass http://127.0.0.1:${upstream.port}; }
         location /added { default_type text/html; add_before_body /before; add_after_body /after; return 200 "[body]"; }
         location /before { return 200 "before"; }
         location /after { return 200 "after"; }
       }`,
    );
  });
  afterAll(async () => {
    await serving.close();
    upstream.close();
  });

  const ask = async (
    target: string,
    extra = '',
  ): Promise<{ head: string; body: string; asked: string[] }> => {
    upstream.heads.length = 0;
    const answer = await serving.connect().send(`GET ${target} HTTP/1.0\r\n${extra}\r\n`).readAll();
    const end = answer.indexOf('\r\n\r\n');
    const asked = upstream.heads.map((head) => /bytes=([\d-]+)/.exec(head)?.[1] ?? '');
    return { head: answer.slice(0, end), body: answer.slice(end + 4), asked };
  };

  it('gives way to a page where the client does not want it', async () => {
    for (let count = 0; count < 2; count++) {
      const { head, body } = await ask('/kept', 'If-Match: "other"\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 412 /);
      expect(body).toContain('412 Precondition Failed');
    }
    expect((await ask('/kept', 'If-Match: "same"\r\n')).body).toBe(text);
  });

  it('is put together', async () => {
    const { head, body, asked } = await ask('/');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Content-Length: 18\r\n.*Accept-Ranges: bytes$/s);
    expect(head).not.toContain('Content-Range');
    expect(body).toBe(text);
    expect(asked).toEqual(['0-3', '4-7', '8-11', '12-15', '16-19']);
  });
  it.each([
    ['5-9', '56789', ['4-7', '8-11']],
    ['-3', 'fgh', ['0-3', '12-15', '16-19']],
    ['17-', 'h', ['16-19']],
  ])('is cut to the range %s', async (range, wanted, slices) => {
    const { head, body, asked } = await ask('/', `Range: bytes=${range}\r\n`);
    expect(head).toMatch(/^HTTP\/1\.1 206 .*Content-Range: bytes \d+-\d+\/18$/s);
    expect([body, asked]).toEqual([wanted, slices]);
  });
  it('is whole where several ranges were wanted', async () => {
    expect((await ask('/', 'Range: bytes=0-1,3-4\r\n')).body).toBe(text);
  });
  it('passes other filters slice by slice', async () => {
    expect((await ask('/sub')).body).toBe(text.replace('3', 'three'));
  });
  it('breaks off where slices do not fit', async () => {
    expect((await ask('/changes')).body).toBe('');
    await expect.poll(() => serving.errorLog()).toContain('etag mismatch in slice response');
  });
  it('is what it is without the range', async () => {
    expect((await ask('/plain')).body).toBe('whole');
  });
  it('has something before and after it', async () => {
    const { head, body } = await ask('/added');
    expect(head).not.toContain('Content-Length');
    expect(body).toBe('before[body]after');
  });
});
