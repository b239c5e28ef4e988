import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record, recordTypes } from '../../../src/engine/gateways/fastcgi/records.ts';
import { Serving, Upstream } from '../support/serving.ts';

const { stdout, stderr, endRequest } = recordTypes;
const end = record(stdout, '') + record(endRequest, '\0'.repeat(8));
const large = 'x'.repeat(300_000);

/** What the server sends, by URI; several pieces come one after the other. */
const answers: Readonly<Record<string, readonly string[]>> = {
  '/plain': [record(stdout, 'Content-Type: text/plain\r\n\r\nhello') + end],
  '/pieces': [
    ...(record(stderr, 'a warning.\n') +
      record(stdout, 'X: y\nContent-Type: a/b\n\nhe') +
      record(stdout, 'llo') +
      end),
  ],
  '/split': [record(stdout, 'Status: 40'), record(stdout, '4 Gone Far\nX: y\n\nno') + end],
  '/unchanged': [record(stdout, 'Status: 304 Not Modified\n\n') + end],
  '/location': [record(stdout, 'Location: /there\n\n') + end],
  '/stderr': [record(stderr, 'e'.repeat(20_000)) + record(stdout, 'X: y\n\nok') + end],
  '/short': [record(stdout, 'Content-Length: 9\n\nshort') + end],
  '/long': [record(stdout, 'Content-Length: 2\n\nlong') + end],
  '/close': [record(stdout, 'X: y\n\nuntil close')],
  '/invalid': ['HTTP/1.1 200 OK\r\n\r\n'],
  '/early': [end],
  '/large': [record(stdout, 'X: y\n\n') + large.replace(/x{30000}/g, (part) => record(stdout, part)) + end],
};

describe('a FastCGI server', () => {
  let serving: Serving;
  let upstream: Upstream;
  let bodies: string[];

  beforeAll(async () => {
    bodies = [];
    upstream = await Upstream.start((socket, input) => {
      if (!input.endsWith(record(recordTypes.stdin, ''))) return;
      bodies.push(stdinOf(input));
      const [first = '', ...rest] =
        answers[/\x03[^]URI(\/\w+)/.exec(input)?.[1] ?? '/plain'] ?? answers['/plain']!;
      socket.setNoDelay(true);
      socket.write(first, 'latin1');
      let wait = 0;
      for (const piece of rest) setTimeout(() => socket.write(piece, 'latin1'), (wait += 3));
      setTimeout(() => socket.end(), wait + 10);
    });
    serving = await Serving.start(
      `fastcgi_temp_path {{DIR}}/fastcgi; fastcgi_cache_path {{DIR}}/cache keys_zone=zone:1m; client_body_buffer_size 64k; error_page 404 /404;
       log_format length '$request_uri $upstream_response_length'; access_log {{DIR}}/access.log length;
       server {
         listen 127.0.0.1:{{PORT}};
         location / { fastcgi_pass 127.0.0.1:${upstream.port}; fastcgi_param URI $uri; }
         location /stream { fastcgi_request_buffering off; fastcgi_pass 127.0.0.1:${upstream.port}; fastcgi_param URI /plain; }
         location = /kept {
           fastcgi_pass 127.0.0.1:${upstream.port}; fastcgi_param URI $arg_u; fastcgi_cache zone; fastcgi_cache_key $arg_u;
           fastcgi_cache_valid 1m; add_header X-Cache $upstream_cache_status;
         }
         location = /404 { return 200 page; }
         location /none { fastcgi_pass $arg_to; fastcgi_param URI /plain; }
       }`,
    );
  });
  afterAll(async () => {
    await serving.close();
    upstream.close();
  });

  const send = (request: string): Promise<string> => serving.connect().send(request).readAll();
  const ask = (target: string): Promise<string> => send(`GET ${target} HTTP/1.0\r\n\r\n`);
  const post = (target: string, body: string): Promise<string> =>
    send(`POST ${target} HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

  it.each(['/pieces', '/stderr', '/close', '/large'])(
    'keeps its answers (fastcgi_cache): %s',
    async (uri) => {
      const conditional = `GET /kept?u=${uri} HTTP/1.0\r\nIf-None-Match: "x"\r\nRange: bytes=0-1\r\n\r\n`;
      const first = await send(conditional);
      expect(first).toContain('X-Cache: MISS');
      expect(upstream.heads.at(-1)).not.toMatch(/HTTP_IF_NONE_MATCH|HTTP_RANGE/);
      const asked = upstream.heads.length;
      const again = await ask(`/kept?u=${uri}`);
      expect(again.replace(/Date: .*/, '')).toBe(first.replace(/Date: .*/, '').replace('MISS', 'HIT'));
      expect(upstream.heads.length).toBe(asked);
    },
  );

  it('answers in records, however they come', async () => {
    expect(await ask('/plain')).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: .*Content-Type: text\/plain\r\n.*\r\n\r\nhello$/s,
    );
    expect(await ask('/pieces')).toMatch(/Content-Type: a\/b\r\n.*X: y\r\n\r\nhello$/s);
    await expect.poll(() => serving.errorLog()).toContain('FastCGI sent in stderr: "a warning"');
    expect((await ask('/large')).endsWith(large)).toBe(true);
    expect(await ask('/close')).toMatch(/\r\n\r\nuntil close$/);
  });
  it('says its status, or where to go', async () => {
    expect(await ask('/split')).toMatch(/^HTTP\/1\.1 404 Gone Far\r\n(?!.*Status:).*\r\n\r\nno$/s);
    expect(await ask('/location')).toMatch(/^HTTP\/1\.1 302 Moved Temporarily\r\n.*Location: \/there\r\n/s);
  });
  it('is read to its last record where the client gets the head alone', async () => {
    expect(await ask('/unchanged')).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n.*\r\n\r\n$/s);
    expect(serving.accessLog()).toMatch(/^\/unchanged [1-9]/m);
  });
  it('may say more on stderr than a head may have', async () => {
    expect(await ask('/stderr')).toMatch(/\r\n\r\nok$/);
  });
  it('has to keep to the length that it told', async () => {
    expect(await ask('/short')).toMatch(/\r\n\r\nshort$/);
    await expect.poll(() => serving.errorLog()).toContain('upstream prematurely closed FastCGI stdout');
    expect(await ask('/long')).toMatch(/\r\n\r\nlo$/);
  });
  it('gives 502 when it says something else', async () => {
    expect(await ask('/invalid')).toMatch(/^HTTP\/1\.1 502 /);
    await expect
      .poll(() => serving.errorLog())
      .toContain('upstream sent unsupported FastCGI protocol version: 72');
    expect(await ask('/early')).toMatch(/^HTTP\/1\.1 502 /);
    await expect.poll(() => serving.errorLog()).toMatch(/FastCGI stdout.*upstream: "fastcgi:\/\/127/);
  });
  it('gets bodies in records', async () => {
    for (const body of ['', 'small', 'm'.repeat(50_000), 'l'.repeat(200_000)]) {
      for (const target of ['/plain', '/stream']) {
        bodies.length = 0;
        expect(await post(target, body)).toMatch(/\r\n\r\nhello$/);
        expect(bodies.join('') === body).toBe(true);
      }
    }
  });
  it('can be named by variables', async () => {
    expect(await ask(`/none?to=127.0.0.1:${upstream.port}`)).toMatch(/\r\n\r\nhello$/);
    expect(await ask('/none?to=127.0.0.1')).toMatch(/^HTTP\/1\.1 500 /);
  });
  it('can be asked for the head alone', async () => {
    expect(await send('HEAD /plain HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\n$/s);
  });
});

/** The content of the records on stdin. */
function stdinOf(input: string): string {
  let content = '';
  for (let at = 0; at + 8 <= input.length;) {
    const size = input.charCodeAt(at + 4) * 256 + input.charCodeAt(at + 5);
    if (input.charCodeAt(at + 1) === recordTypes.stdin) content += input.slice(at + 8, at + 8 + size);
    at += 8 + size + input.charCodeAt(at + 6);
  }
  return content;
}
