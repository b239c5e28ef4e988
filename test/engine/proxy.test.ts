import { describe, expect, test } from 'vitest';
import { parseResponse } from '../../src/engine/proxy/parse-response.ts';
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

  test('is made before that of a mirror, which finds the variables that were evaluated then', () => {
    const config = `
      map $arg_x $kept { default $uri; }
      server {
        listen 127.0.0.1:{{PORT}};
        proxy_set_header X-Kept $kept;
        location / { mirror /mirror; proxy_pass http://{{B1}}; }
        location /mirror { internal; proxy_pass http://{{B2}}; }
      }`;
    const heads = serve(config)(get('/a')).upstream.map(({ head }) => headerOf(head, 'X-Kept'));
    expect(heads).toEqual(['/a', '/a']);
  });

  test('shows where it would have gone in $proxy_host', () => {
    const run = serve(
      `location / { proxy_pass http://$arg_to; add_header X-To "$proxy_host:$proxy_port" always; }`,
    );
    expect(headerOf(run(get('/?to=none.test:81')).head, 'X-To')).toBe('none.test:81:81');
    expect(headerOf(run(get('/')).head, 'X-To')).toBe(':');
  });

  test('leaves from any address where proxy_bind gives none', () => {
    const config = 'location / { proxy_pass http://{{B1}}; proxy_bind $arg_from; }';
    expect(serve(config)(get('/?from=yes')).upstream).toHaveLength(1);
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

  test('keeps the place of a date that add_header replaces', () => {
    const run = serve(
      `location / { add_header X-A a; add_header Last-Modified then; add_header X-B b; proxy_pass http://{{B1}}; }
       location /page { root html; add_header X-A a; add_header ETag '"tag"'; }`,
      { files: { 'html/page': 'text' } },
    );
    expect(run(get('/')).head).toMatch(/X-A: a\r\nLast-Modified: then\r\nX-B: b\r\n/);
    expect(run(get('/page')).head).toMatch(/ETag: "tag"\r\nX-A: a\r\n/);
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

describe('what the upstream sent', () => {
  const upstream = `server {
      listen {{B1}};
      location / { add_header Expires first; add_header Expires second; add_header X-Many 1; add_header X-Many 2; return 204; }
      location /cookie { add_header Set-Cookie "$arg_c"; return 204; }
      location /rate { add_header X-Accel-Limit-Rate "$arg_rate"; return 204; }
      location /sent { add_header Set-Cookie "$http_x_cookie"; return 204; }
    }`;
  const run = (location: string, target = '1.31.5') =>
    serve(
      `${upstream} server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://{{B1}}; ${location} } }`,
      {
        target,
        backends: { B1: 'nginx' },
      },
    );
  const headersOf = (head: string, name: string) =>
    head.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));

  test('counts once where a header may come once, since 1.23.0', () => {
    const { head } = run('')(get('/'));
    expect(headersOf(head, 'Expires')).toEqual(['Expires: first']);
    expect(headersOf(head, 'X-Many')).toHaveLength(2);
    const { head: old } = run('', '1.22.1')(get('/'));
    expect(headersOf(old, 'Expires')).toHaveLength(2);
  });

  test.each([
    ['77', '77'],
    ['0', '0'],
    ['soon', '55'],
    ['99999999999999999999', '55'],
  ])('X-Accel-Limit-Rate: %s makes $limit_rate %s, whatever was set before', (sent, rate) => {
    const answer = run('set $limit_rate 55; add_header X-Rate $limit_rate;')(get(`/rate?rate=${sent}`));
    expect(headerOf(answer.head, 'X-Rate')).toBe(rate);
  });

  test.each([
    ['a=1;Secure;samesite=lax', 'a=1; Secure; SameSite=None'],
    ['a=1;secure;SameSite=none', 'a=1; secure; SameSite=none'],
    ['off=1;Secure;Secure;Path=/', 'off=1; Path=/'],
    ['other=1;Secure;samesite=none', 'other=1;Secure;samesite=none'],
    ['a;Secure', 'a;Secure'],
    ['fooBARbaz=1', 'fooBARbaz=1; HttpOnly'],
  ])('proxy_cookie_flags makes %s into %s', (sent, expected) => {
    const made = run(
      'proxy_cookie_flags a secure samesite=none; proxy_cookie_flags off nosecure; proxy_cookie_flags ~bar httponly;',
    );
    expect(headersOf(made(get(`/cookie?c=${sent}`)).head, 'Set-Cookie')).toEqual([`Set-Cookie: ${expected}`]);
  });

  test.each([
    ['tc = content; Path=/', 'content'],
    ['TC=con  tent', 'con  tent'],
    ['tc=one;tc=two', 'one'],
    ['tc\t=\tcontent', null],
    ['=tc=content', null],
  ])('gives $upstream_cookie_tc of %j as %j', (sent, expected) => {
    const made = run('add_header X-Cookie $upstream_cookie_tc;');
    expect(headerOf(made(get('/sent', `X-Cookie: ${sent}`)).head, 'X-Cookie')).toBe(expected);
  });
});

describe('proxy_cache', () => {
  const upstream = `server {
    listen {{B1}};
    location / {
      add_header ETag '"tag"'; add_header Accept-Ranges bytes;
      return 200 "ims=$http_if_modified_since inm=$http_if_none_match range=$http_range";
    }
    location /private {
      add_header ETag '"tag"'; add_header Cache-Control private;
      return 200 whole;
    }
  }`;
  const run = serve(
    `${upstream}
     server {
       listen 127.0.0.1:{{PORT}};
       add_header X-Cache $upstream_cache_status;
       proxy_cache zone;
       location / { proxy_pass http://{{B1}}; }
       location /off { proxy_pass http://{{B1}}; proxy_cache off; }
     }
     proxy_cache_path /truth/cache keys_zone=zone:1m;`,
    { backends: { B1: 'nginx' } },
  );

  test('keeps conditions and ranges from the upstream', () => {
    const answer = run(get('/', 'If-Modified-Since: x', 'Range: x'));
    expect(answer.body).toBe('ims= inm= range=');
    expect(headerOf(answer.head, 'X-Cache')).toBe('MISS');
    const off = run(get('/off', 'If-Modified-Since: x', 'Range: x'));
    expect(off.body).toBe('ims=x inm= range=x');
    expect(headerOf(off.head, 'X-Cache')).toBeNull();
  });

  test('applies conditions to an answer that might be stored', () => {
    expect(run(get('/', 'If-None-Match: "tag"'))).toMatchObject({ status: 304, body: '' });
    expect(run(get('/', 'If-None-Match: "other"')).status).toBe(200);
    expect(run(get('/private', 'If-None-Match: "tag"')).status).toBe(200);
  });

  test('is for GET and HEAD', () => {
    const raw = get('/', 'Range: x', 'Content-Length: 0').replace('GET', 'POST');
    expect(run(raw).body).toContain('range=x');
  });
});

describe('found by comparing with nginx', () => {
  test('a method without a value is sent as nothing', () => {
    const head = headOf('location / { proxy_pass http://{{B1}}; proxy_method $arg_m; }', get('/a'), '1.22.1');
    expect(head).toMatch(/^ \/a HTTP\/1\.0\r\n/);
  });

  test.each([
    ['http://127.0.0.1:$arg_p', 500],
    ['http://$arg_p', 500],
    ['http://127.0.0.1:x$arg_p', 500],
  ])('%s without an argument is no URL', (url, status) => {
    expect(serve(`location / { proxy_pass ${url}; }`)(get('/')).status).toBe(status);
  });

  test('"expires" changes the lines of the upstream where they stand', () => {
    const run = serve(
      `
      server { listen 127.0.0.1:{{PORT}}; expires max; location / { proxy_pass http://{{B1}}; } }
      server { listen {{B1}}; add_header cache-control private; add_header X-After 1; return 200 x; }`,
      { backends: { B1: 'nginx' } },
    );
    expect(run(get('/')).head).toMatch(/cache-control: max-age=315360000\r\nX-After: 1\r\nExpires: /);
  });

  test('of several User-Agent lines the first one counts', () => {
    const agents = ['User-Agent: curl/8', 'User-Agent: Mozilla/4.0 (compatible; MSIE 6.0)'];
    const run = serve('location / { return 404; }');
    expect(run(get('/', ...agents)).body).not.toContain('a padding');
    expect(run(get('/', ...agents.toReversed())).body).toContain('a padding');
  });

  test('a precondition that fails closes the connection', () => {
    const replayed = serve('location / { return 200 x; }')(get('/', 'If-Match: "a"'));
    expect(replayed).toMatchObject({ status: 412 });
    expect(headerOf(replayed.head, 'Connection')).toBe('keep-alive');
  });
});

describe('heads of upstreams', () => {
  const parsed = (head: string) => parseResponse(head, 0);

  test.each([
    ['X-A : 1', 'X-A\\x20'],
    [': 1', '\\x3a'],
    ['X-A: 1\x002', 'X-A: 1\\x00'],
    ['no colon', 'no\\x20'],
  ])('%j is told up to the byte that is wrong', (line, told) => {
    expect(parsed(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n`)).toEqual({ invalid: told });
  });
});
