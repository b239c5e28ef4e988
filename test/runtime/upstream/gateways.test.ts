import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Serving, Upstream } from '../support/serving.ts';

const large = 'x'.repeat(300_000);

/** What programs answer, by URI; several pieces come one after the other. */
const answers: Readonly<Record<string, readonly string[]>> = {
  '/plain': ['Content-Type: text/plain\r\n\r\nhello'],
  '/status': ['Stat', 'us: 404 Gone Far\nX: y\n\nno'],
  '/line': ['HTTP/1.1 201 Made\r\nStatus: 404\r\nX: y\r\n\r\nmade'],
  '/location': ['Location: /there\n\n'],
  '/length': ['Content-Length: 2\n\nlong'],
  '/short': ['Content-Length: 9\n\nshort'],
  '/large': ['X: y\n\n', large],
  '/invalid': ['X y\n\n'],
  '/none': ['X: y\n'],
  '/accel': ['X-Accel-Redirect: /inner\n\nunseen'],
};

/** Reads a request; null while it is not complete. */
type Reader = (input: string) => { readonly params: string; readonly body: string } | null;

const protocols: Readonly<Record<'uwsgi' | 'scgi', Reader>> = {
  uwsgi(input) {
    const size = input.charCodeAt(1) + input.charCodeAt(2) * 256;
    return input.length < 4 + size ? null : { params: input.slice(4, 4 + size), body: input.slice(4 + size) };
  },
  scgi(input) {
    const [head = '', size = ''] = /^(\d+):/.exec(input) ?? [];
    const end = head.length + Number(size);
    if (head === '' || input[end] !== ',') return null;
    return { params: input.slice(head.length, end), body: input.slice(end + 1) };
  },
};

describe.each(['uwsgi', 'scgi'] as const)('a program behind %s', (protocol) => {
  let serving: Serving;
  let upstream: Upstream;
  let bodies: string[];

  beforeAll(async () => {
    bodies = [];
    const answered = new WeakSet<Socket>();
    upstream = await Upstream.start((socket, input) => {
      const request = protocols[protocol](input);
      const length = Number(/LENGTH\W*?(\d+)\D/.exec(request?.params ?? '')?.[1] ?? 0);
      if (request === null || request.body.length < length || answered.has(socket)) return;
      answered.add(socket);
      bodies.push(request.body);
      const pieces = answers[/URI[^/]*(\/\w+)/.exec(request.params)?.[1] ?? ''] ?? answers['/plain']!;
      socket.setNoDelay(true);
      for (const [index, piece] of pieces.entries())
        setTimeout(() => socket.write(piece, 'latin1'), index * 5);
      setTimeout(() => socket.end(), pieces.length * 5 + 5);
    });
    serving = await Serving.start(
      `X_temp_path {{DIR}}/temp; X_cache_path {{DIR}}/cache keys_zone=zone:1m; client_body_buffer_size 64k; error_page 502 /502;
       log_format l '$request_uri $upstream_bytes_sent $upstream_response_length'; access_log {{DIR}}/access.log l;
       server {
         listen 127.0.0.1:{{PORT}};
         X_param URI $uri; X_param CONTENT_LENGTH $content_length;
         location / { X_pass 127.0.0.1:${upstream.port}; }
         location /stream { X_request_buffering off; X_pass 127.0.0.1:${upstream.port}; }
         location /unbuffered/ { X_buffering off; X_pass 127.0.0.1:${upstream.port}; X_param URI /large; }
         location = /kept {
           X_pass 127.0.0.1:${upstream.port}; X_param URI $arg_u; X_param CONTENT_LENGTH "" if_not_empty; X_cache zone; X_cache_key $arg_u;
           X_cache_valid any 1m; add_header X-Cache $upstream_cache_status always;
         }
         location = /502 { return 200 page; }
         location = /inner { internal; return 200 inner; }
         location /named { X_pass $arg_to; }
       }`.replaceAll('X_', `${protocol}_`),
    );
  });
  afterAll(async () => {
    await serving.close();
    upstream.close();
  });

  const send = (request: string): Promise<string> => serving.connect().send(request).readAll();
  const ask = (target: string): Promise<string> => send(`GET ${target} HTTP/1.0\r\n\r\n`);

  it('answers until it closes, or as long as it said', async () => {
    expect(await ask('/plain')).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: .*Content-Type: text\/plain\r\n.*\r\n\r\nhello$/s,
    );
    expect(await ask('/length')).toMatch(/\r\n\r\nlo$/);
    expect(await ask('/short')).toMatch(/\r\n\r\nshort$/);
    expect(serving.errorLog()).toMatch(new RegExp(`prematurely closed.*upstream: "${protocol}://127`));
  });
  it.each(['/large', '/unbuffered/'])('may say much: %s', async (uri) => {
    expect((await ask(uri)).endsWith(`\r\n\r\n${large}`)).toBe(true);
  });
  it('says its status', async () => {
    expect(await ask('/status')).toMatch(/^HTTP\/1\.1 404 Gone Far\r\n.*\r\n\r\nno$/s);
    expect(await ask('/line')).toMatch(/^HTTP\/1\.1 201 Made\r\n.*\r\n\r\nmade$/s);
    expect((await ask('/line')).includes('Status: 404')).toBe(protocol === 'uwsgi');
    expect(await ask('/location')).toMatch(/^HTTP\/1\.1 302 Moved Temporarily\r\n/);
    expect(await ask('/accel')).toMatch(/\r\n\r\ninner$/);
  });
  it('is told of in the log by all that went to it and came behind its head', async () => {
    for (const uri of ['/length', '/status', '/accel', '/invalid']) await ask(`${uri}?log`);
    const sent = (uri: string): string => `\\${uri}\\?log [1-9]\\d+`;
    for (const line of [
      `${sent('/length')} 4`,
      `${sent('/status')} 2`,
      `${sent('/accel')} 0`,
      `${sent('/invalid')} 0`,
    ])
      await expect.poll(() => serving.accessLog()).toMatch(new RegExp(`^${line}`, 'm'));
  });
  it.each(['/invalid', '/none'])('that says %s gives 502', async (uri) => {
    expect(await ask(uri)).toMatch(/^HTTP\/1\.1 502 .*page$/s);
  });
  it('gets bodies as they are', async () => {
    for (const body of ['', 'small', 'l'.repeat(200_000)]) {
      const length = `POST /plain HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
      const chunked = `POST /plain HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
      for (const request of [length, chunked]) {
        for (const target of ['/plain', '/stream']) {
          bodies.length = 0;
          expect(await send(request.replace('/plain', target))).toMatch(/hello/);
          expect(bodies.join('') === body).toBe(true);
        }
      }
    }
  });
  it('has its answers kept', async () => {
    const first = await ask('/kept?u=/status');
    const asked = upstream.heads.length;
    const again = await ask('/kept?u=/status');
    expect(first).toContain('X-Cache: MISS');
    expect(again.replace(/Date: .*/, '')).toBe(first.replace(/Date: .*/, '').replace('MISS', 'HIT'));
    expect(upstream.heads.length).toBe(asked);
  });
  it('has no answer to HEAD kept that is less than a whole one', async () => {
    expect(await send('HEAD /kept?u=/length HTTP/1.0\r\n\r\n')).toMatch(/X-Cache: MISS\r\n\r\n$/);
    expect(await ask('/kept?u=/length')).toContain('X-Cache: MISS');
  });
  it('can be named by variables', async () => {
    expect(await ask(`/named?to=127.0.0.1:${upstream.port}`)).toMatch(/\r\n\r\nhello$/);
    expect(await ask('/named?to=127.0.0.1')).toMatch(/^HTTP\/1\.1 500 /);
    expect(await ask('/named')).toMatch(/^HTTP\/1\.1 500 /);
    expect(serving.errorLog()).toContain('no host in upstream ""');
  });
  it('can make a connection a tunnel', async () => {
    const upgrade = await Upstream.start((socket, input) => {
      if (input.endsWith('ping')) socket.write('pong');
      else socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n');
    });
    const client = serving.connect();
    client.send(
      `GET /named?to=127.0.0.1:${upgrade.port} HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n`,
    );
    expect(await client.read(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 101 /);
    expect(await client.send('ping').read(/pong/)).toBe('pong');
    upgrade.close();
    await client.readAll();
  });
});

describe('memcached', () => {
  let serving: Serving;
  let upstream: Upstream;

  const values: Readonly<Record<string, readonly string[]>> = {
    '/plain': ['VALUE /plain 0 5\r\nhello\r\nEND\r\n'],
    '/empty': ['VALUE /empty 0 0\r\n\r\nEND\r\n'],
    '/pieces': ['VALUE /pieces 0 5\r', '\nhel', 'lo\r\nE', 'ND', '\r\n'],
    '/large': [`VALUE /large 0 ${large.length}\r\n${large}\r\nEND\r\n`],
    '/gzip': ['VALUE /gzip 2 4\r\nzzzz\r\nEND\r\n'],
    '/bad': ['VALUE /bad 0 5\r\nhello, and more\r\nEND\r\n'],
    '/cut': ['VALUE /cut 0 5\r\nhel'],
    '/error': ['ERROR\r\n'],
  };

  beforeAll(async () => {
    upstream = await Upstream.start((socket, input) => {
      const key = /get (\S+)\r\n$/.exec(input)?.[1] ?? '';
      socket.setNoDelay(true);
      const pieces = values[key] ?? ['END\r\n'];
      for (const [index, piece] of pieces.entries())
        setTimeout(() => socket.write(piece, 'latin1'), index * 5);
      if (key === '/cut') setTimeout(() => socket.end(), 20);
    });
    serving = await Serving.start(
      `types { text/css css; } default_type text/plain;
       upstream store { server 127.0.0.1:${upstream.port}; keepalive 1; }
       server {
         listen 127.0.0.1:{{PORT}};
         set $memcached_key $uri;
         location / { memcached_pass store; memcached_gzip_flag 2; }
         location /other { set $memcached_key ""; memcached_pass store; }
         location /page { error_page 404 = @page; memcached_pass store; }
         location @page { return 200 page; }
       }`,
    );
  });
  afterAll(async () => {
    await serving.close();
    upstream.close();
  });

  const send = (request: string): Promise<string> => serving.connect().send(request).readAll();
  const ask = (target: string): Promise<string> => send(`GET ${target} HTTP/1.0\r\n\r\n`);

  it('has values for answers', async () => {
    expect(await ask('/plain')).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: .*Content-Type: text\/plain\r\nContent-Length: 5\r\n.*Accept-Ranges: bytes\r\n\r\nhello$/s,
    );
    expect(await ask('/empty')).toMatch(/Content-Length: 0\r\n.*\r\n\r\n$/s);
    expect(await ask('/pieces')).toMatch(/\r\n\r\nhello$/);
    expect((await ask('/large')).endsWith(`\r\n\r\n${large}`)).toBe(true);
    expect(await ask('/gzip')).toMatch(/Content-Encoding: gzip\r\n.*zzzz$/s);
    expect(await send('GET /plain HTTP/1.0\r\nRange: bytes=1-2\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 206 .*\r\n\r\nel$/s,
    );
  });
  it('may have none', async () => {
    expect(await ask('/style.css')).toMatch(/^HTTP\/1\.1 404 .*<h1>404 Not Found/s);
    expect(await ask('/page')).toMatch(/page$/);
  });
  it('keeps its connection after a value, and after none', async () => {
    await ask('/plain');
    const before = upstream.heads.length;
    for (const uri of ['/plain', '/nothing', '/empty', '/page', '/pieces', '/large']) await ask(uri);
    expect(upstream.heads.length).toBe(before);
    await send('HEAD /plain HTTP/1.0\r\n\r\n');
    await ask('/plain');
    expect(upstream.heads.length).toBe(before + 1);
  });
  it('that says something else is no store', async () => {
    expect(await ask('/error')).toMatch(/^HTTP\/1\.1 502 /);
    expect(await ask('/bad')).toMatch(/\r\n\r\nhello$/);
    expect(serving.errorLog()).toContain('memcached sent invalid trailer');
    expect(await ask('/cut')).toMatch(/\r\n\r\nhel$/);
    expect(serving.errorLog()).toMatch(/prematurely closed.*upstream: "memcached:\/\/127/);
  });
  it('is only asked for something', async () => {
    expect(await send('POST /plain HTTP/1.0\r\nContent-Length: 1\r\n\r\nx')).toMatch(/^HTTP\/1\.1 405 /);
    expect(await ask('/other')).toMatch(/^HTTP\/1\.1 500 /);
  });
});
