import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from './truth/serve.ts';

const files = { 'html/index.html': 'index', 'html/d/file.txt': '0123456789', 'html/types.bin': 'x' };

describe('files', () => {
  const run = serve(
    `root /truth/html;
     types { text/html html; text/plain txt; }
     default_type application/octet-stream;
     location /alias/ { alias /truth/html/d/; }
     location /list/ { autoindex on; alias /truth/html/; index none; }
     location /try { try_files /none $uri.txt /d/file.txt =410; }
     location /gone { try_files /none =410; }
     location /fallback { try_files /none /d/file.txt?x; }
     location /stated { add_header Content-Range mine; alias /truth/html/d/file.txt; }
     location /expires { expires 1h; add_header X-A 1; add_header X-B 2 always; alias /truth/html/d/file.txt; }`,
    { files },
  );

  test.each([
    ['/', 200, 'text/html'],
    ['/d/file.txt', 200, 'text/plain'],
    ['/types.bin', 200, 'application/octet-stream'],
    ['/alias/file.txt', 200, 'text/plain'],
    ['/missing', 404, 'text/html'],
    ['/d/', 403, 'text/html'],
    ['/try', 200, 'text/plain'],
    ['/gone', 410, 'text/html'],
    ['/fallback', 200, 'text/plain'],
  ])('%s is answered with %i', (target, status, type) => {
    const { status: got, head } = run(get(target));
    expect(got).toBe(status);
    expect(headerOf(head, 'Content-Type')).toBe(type);
  });

  test.each(['/a.constructor', '/a.__proto__'])('%s has the default type, as any name without one', (uri) => {
    const run = serve('gzip on; gzip_min_length 0; location / { return 200 text; }');
    expect(headerOf(run(get(uri, 'Accept-Encoding: gzip')).head, 'Content-Type')).toBe('text/plain');
  });

  test('have one Content-Range', () => {
    const { status, head } = run(get('/stated', 'Range: bytes=2-4'));
    expect(status).toBe(206);
    expect(head.match(/Content-Range: .*/g)).toEqual(['Content-Range: bytes 2-4/10']);
    expect(run(get('/stated', 'Range: bytes=2-4,6-')).head).not.toContain('Content-Range');
    expect(run(get('/stated', 'Range: bytes=20-')).head).not.toContain('mine');
  });

  test('have a tag and a date, and conditions are honoured', () => {
    const { head } = run(get('/d/file.txt'));
    expect(headerOf(head, 'Last-Modified')).toBe('Wed, 01 Jan 2020 00:00:00 GMT');
    expect(headerOf(head, 'ETag')).toBe('"5e0be100-a"');
    expect(run(get('/d/file.txt', 'If-None-Match: "5e0be100-a"')).status).toBe(304);
    expect(run(get('/d/file.txt', 'If-None-Match: W/"5e0be100-a"')).status).toBe(304);
    expect(run(get('/d/file.txt', 'If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT')).status).toBe(304);
    expect(run(get('/d/file.txt', 'If-Match: "other"')).status).toBe(412);
    expect(run(get('/d/file.txt', 'If-Unmodified-Since: Tue, 31 Dec 2019 00:00:00 GMT')).status).toBe(412);
  });

  test.each([
    ['bytes=2-4', 206, 'bytes 2-4/10', '3'],
    ['bytes=-3', 206, 'bytes 7-9/10', '3'],
    ['bytes=8-', 206, 'bytes 8-9/10', '2'],
    ['bytes=10-', 416, 'bytes */10', null],
    ['lines=1-2', 200, null, '10'],
  ])('range %s gives %i', (range, status, contentRange, length) => {
    const { status: got, head } = run(get('/d/file.txt', `Range: ${range}`));
    expect(got).toBe(status);
    expect(headerOf(head, 'Content-Range')).toBe(contentRange);
    if (length !== null) expect(headerOf(head, 'Content-Length')).toBe(length);
  });

  test('directories get a redirect, other methods 405', () => {
    expect(headerOf(run(get('/d?x')).head, 'Location')).toBe('http://localhost:23080/d/?x');
    expect(run('POST /d/file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n').status).toBe(405);
    expect(run('PUT /d/file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n').status).toBe(405);
  });

  test('are listed', () => {
    const { body } = run(get('/list/'));
    expect(body).toContain('<a href="d/">d/</a>');
    expect(body).toContain('01-Jan-2020 00:00                   1');
  });

  test('headers are added to good answers, or always', () => {
    const good = run(get('/expires')).head;
    expect(headerOf(good, 'Cache-Control')).toBe('max-age=3600');
    expect([headerOf(good, 'X-A'), headerOf(good, 'X-B')]).toEqual(['1', '2']);
  });
});
