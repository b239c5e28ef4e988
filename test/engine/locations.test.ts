import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from './truth/serve.ts';

describe('choice of the location', () => {
  const run = serve(`
    location / { return 200 root; }
    location = /exact { return 200 exact; }
    location /exact { return 200 prefix; }
    location ^~ /quiet/ { return 200 quiet; }
    location ~ ^/quiet/ { return 200 never; }
    location /outer/ {
      return 200 outer;
      location /outer/inner/ { return 200 inner; }
      location ~ \\.php$ { return 200 nested-regex; }
    }
    location ~* \\.PHP$ { return 200 regex; }
    location ~ ^/cap/(\\d+) { return 200 "cap $1"; }
    location @named { return 200 named; }
  `);

  test.each([
    ['/', 'root'],
    ['/exact', 'exact'],
    ['/exactly', 'prefix'],
    ['/quiet/x', 'quiet'],
    ['/outer/x', 'outer'],
    ['/outer/inner/x', 'inner'],
    ['/outer/x.php', 'nested-regex'],
    ['/x.php', 'regex'],
    ['/cap/42', 'cap 42'],
    ['/@named', 'root'],
  ])('%s goes to %s', (target, expected) => {
    expect(run(get(target)).body).toBe(expected);
  });
});

describe('the automatic redirect to a slash', () => {
  test('happens for proxied locations, even where a prefix would match', () => {
    const run = serve(`location / { return 200; } location /ws/ { proxy_pass http://{{B1}}; }`);
    const { status, head } = run(get('/ws?a=b'));
    expect(status).toBe(301);
    expect(headerOf(head, 'Location')).toBe('http://localhost:23080/ws/?a=b');
  });

  test('is relative without absolute_redirect, and has the server name on demand', () => {
    const location = 'location /ws/ { proxy_pass http://{{B1}}; }';
    expect(headerOf(serve(`absolute_redirect off; ${location}`)(get('/ws')).head, 'Location')).toBe('/ws/');
    const named = `server_name a.test; server_name_in_redirect on; port_in_redirect off; ${location}`;
    expect(headerOf(serve(named)(get('/ws')).head, 'Location')).toBe('http://a.test/ws/');
  });
});

describe('choice of the server', () => {
  const server = (name: string, text: string) =>
    `server { listen 127.0.0.1:{{PORT}}; server_name ${name}; return 200 "${text} $server_name"; }`;
  const run = serve(
    [
      server('a.test', 'exact'),
      server('*.wild.test', 'head'),
      server('tail.*', 'tail'),
      server('.both.test', 'both'),
      server('~^(?<who>\\w+)\\.re\\.test$', 'regex $who'),
    ].join('\n'),
  );
  test.each([
    ['a.test', 'exact a.test'],
    ['x.y.wild.test', 'head *.wild.test'],
    ['tail.org', 'tail tail.*'],
    ['both.test', 'both both.test'],
    ['bob.re.test', 'regex bob ~^(?<who>\\w+)\\.re\\.test$'],
    ['unknown', 'exact a.test'],
  ])('%s', (host, expected) => {
    expect(run(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`).body).toBe(expected);
  });
});
