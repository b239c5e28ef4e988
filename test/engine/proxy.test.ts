import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from './truth/serve.ts';

const headOf = (body: string, raw: string, target = '1.31.5') =>
  serve(body, { target })(raw).upstream[0]!.head.replaceAll('127.0.0.1:23081', '{{B1}}');

describe('the head for the upstream', () => {
  const location = 'location / { proxy_pass http://{{B1}}; proxy_set_header X-One 1; }';
  const raw = get('/p?q', 'Accept: */*', 'Connection: keep-alive', 'TE: x', 'Upgrade: websocket');

  test('of 1.22 says HTTP/1.0 and closes', () => {
    expect(headOf(location, raw, '1.22.1')).toBe(
      'GET /p?q HTTP/1.0\r\nX-One: 1\r\nHost: {{B1}}\r\nConnection: close\r\nAccept: */*\r\n\r\n',
    );
  });

  test('since 1.29.7 says HTTP/1.1 and begins with Host', () => {
    expect(headOf(location, raw)).toBe(
      'GET /p?q HTTP/1.1\r\nHost: {{B1}}\r\nX-One: 1\r\nAccept: */*\r\n\r\n',
    );
  });

  test('leaves headers with an empty value out', () => {
    const config = 'location / { proxy_pass http://{{B1}}; proxy_set_header Accept ""; }';
    expect(headOf(config, raw)).not.toContain('Accept');
  });

  test.each([
    ['location /a/ { proxy_pass http://{{B1}}/b/; }', '/a/x%20y?q', 'GET /b/x%20y?q '],
    ['location /a/ { proxy_pass http://{{B1}}; }', '/a//x%2Fy', 'GET /a//x%2Fy '],
    ['location /a/ { proxy_pass http://{{B1}}/b; }', '/a/x', 'GET /bx '],
    ['location /a { set $u /z; proxy_pass http://{{B1}}$u; }', '/a?q', 'GET /z '],
    ['location /a { set $h {{B1}}; proxy_pass http://$h; }', '/a/%41?q', 'GET /a/%41?q '],
    ['location /a { rewrite ^ /r break; proxy_pass http://{{B1}}/b/; }', '/a', 'GET /r '],
    ['location ~ ^/a/(.*) { proxy_pass http://{{B1}}/c/$1?$args; }', '/a/b?q', 'GET /c/b?q '],
  ])('%s for %s', (config, target, line) => {
    expect(headOf(config, get(target)).startsWith(line)).toBe(true);
  });

  test('proxy_set_body and proxy_method replace what the client sent', () => {
    const config = 'location / { proxy_pass http://{{B1}}; proxy_set_body "b=$arg_x"; proxy_method PUT; }';
    const [sent] = serve(config)(get('/?x=12')).upstream;
    expect(sent!.head).toMatch(/^PUT .*\r\nContent-Length: 4\r\n/s);
    expect(sent!.body).toBe('b=12');
  });
});

describe('the answer of an upstream', () => {
  test('goes to the next server after a refused connection, and 502 when there is none', () => {
    const upstream = 'upstream u { server {{B1}}; server {{B2}}; }';
    const server = 'server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://u; } }';
    const one = serve(`${upstream} ${server}`, { backends: { B1: 'refuse' } })(get('/'));
    expect(one.upstream.map(({ backend }) => backend)).toEqual(['B2']);
    const none = serve(`${upstream} ${server}`, { backends: { B1: 'refuse', B2: 'refuse' } })(get('/'));
    expect(none.status).toBe(502);
  });

  test('is replaced by an error page with proxy_intercept_errors', () => {
    const run = serve(
      `location / { proxy_pass http://{{B1}}; proxy_intercept_errors on; error_page 403 /e; }
       location = /e { return 200 own; }`,
      { backends: { B1: 'status-403' } },
    );
    expect(run(get('/'))).toMatchObject({ status: 403, body: 'own' });
  });

  test('loses hidden headers', () => {
    const run = serve('location / { proxy_pass http://{{B1}}; proxy_hide_header X-Backend; }');
    expect(headerOf(run(get('/')).head, 'X-Backend')).toBeNull();
  });

  test('becomes a tunnel when both sides want to', () => {
    const run = serve(
      `location / { proxy_pass http://{{B1}}; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }`,
      { backends: { B1: 'always-101' } },
    );
    expect(run(get('/', 'Upgrade: websocket')).tunnel).toBe(true);
    expect(run(get('/')).status).toBe('none');
  });
});
