import { describe, expect, test } from 'vitest';
import { headerOf, serve } from '../truth/serve.ts';

const connect = (authority: string, ...headers: readonly string[]): string =>
  `CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`;

describe('tunnel_pass', () => {
  test('opens a tunnel to the host and port of a CONNECT request, with a 200 that has no framing', () => {
    const answer = serve('tunnel_pass;')(connect('{{B1}}', 'Connection: keep-alive'));
    expect(answer.head).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: \S+\r\nDate: [^\r]+\r\nConnection: close\r\n\r\n$/,
    );
    expect(answer.upstream.map(({ head }) => head)).toEqual(['']);
  });

  test('takes a constant upstream, and another one after a refused connection', () => {
    const upstream = 'upstream u { server {{B1}}; server {{B2}}; }';
    const run = serve(`${upstream} server { listen 127.0.0.1:{{PORT}}; location / { tunnel_pass u; } }`, {
      backends: { B1: 'refuse' },
    });
    expect(run(connect('a.example:1')).status).toBe(200);
  });

  test.each([
    ['without a port in its value is 500', 'tunnel_pass $host;', connect('{{B1}}'), 500],
    ['of a server that has none is 405', 'return 200;', connect('{{B1}}'), 405],
    ['for another method is 405', 'tunnel_pass;', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['over HTTP/1.0 is 405', 'tunnel_pass;', 'CONNECT {{B1}} HTTP/1.0\r\nHost: x\r\n\r\n', 405],
    ['with a body is 400', 'tunnel_pass;', connect('{{B1}}', 'Content-Length: 1'), 400],
    ['to a port that refuses is 502', 'tunnel_pass;', connect('{{B3}}'), 502],
  ])('%s', (_, config, raw, status) => {
    expect(serve(config, { backends: { B3: 'refuse' } })(raw).status).toBe(status);
  });

  test('error pages of a failed CONNECT are asked for with GET, in $request_method as well', () => {
    const config =
      'if ($request_method = CONNECT) { tunnel_pass; error_page 502 /e; break; } location = /e { return 200 page; }';
    const run = serve(
      `location / { ${config.split(' location')[0]} } location = /e { return 200 $request_method; }`,
      {
        backends: { B1: 'refuse' },
      },
    );
    expect(run(connect('{{B1}}')).body).toBe('GET');
  });

  test('asks proxies’ clients for a password with 407', () => {
    const run = serve('auth_basic r; auth_basic_user_file p; tunnel_pass;', { files: { p: 'u:{PLAIN}w\n' } });
    const refused = run(connect('{{B1}}'));
    expect(refused.head).toMatch(/^HTTP\/1\.1 407 Proxy Authentication Required\r\n/);
    expect(headerOf(refused.head, 'Proxy-Authenticate')).toBe('Basic realm="r"');
    expect(run(connect('{{B1}}', 'Proxy-Authorization: Basic dTp3')).status).toBe(200);
  });
});

test('407 has a text since 1.31.0', () => {
  const head = (target: string): string =>
    serve('return 407;', { target })('GET / HTTP/1.1\r\nHost: x\r\n\r\n').head;
  expect(head('1.29.8')).toMatch(/^HTTP\/1\.1 407 \r\n/);
  expect(head('1.31.0')).toMatch(/^HTTP\/1\.1 407 Proxy Authentication Required\r\n/);
});
