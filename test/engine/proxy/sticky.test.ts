import { describe, expect, test } from 'vitest';
import { get, headerOf, serve } from '../truth/serve.ts';

/** Two backends behind `upstream u`, and the directives of its block. */
const upstream = (words: string, servers = 'server {{B1}} route=a; server {{B2}} route=b;'): string =>
  `upstream u { ${servers} ${words} }
   server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://u; add_header X-Addr $upstream_addr; } }`;

const backendsOf = (run: ReturnType<typeof serve>, raw: string, times: number): string =>
  Array.from({ length: times }, () => run(raw).upstream.at(-1)!.backend).join(' ');

describe('sticky', () => {
  test('route: sends requests to the server whose route a variable says', () => {
    const run = serve(upstream('sticky route $arg_none $arg_r;'));
    expect(backendsOf(run, get('/?r=b'), 3)).toBe('B2 B2 B2');
    expect(backendsOf(run, get('/?r=a'), 3)).toBe('B1 B1 B1');
  });

  test('route: an unknown one is balanced', () => {
    expect(backendsOf(serve(upstream('sticky route $arg_r;')), get('/?r=x'), 4)).toBe('B1 B2 B1 B2');
  });

  test('requests that stick count in the round robin of the others', () => {
    const run = serve(upstream('sticky route $arg_r;'));
    run(get('/?r=b'));
    expect(backendsOf(run, get('/'), 3)).toBe('B1 B1 B2');
  });

  test.each([
    'least_conn;',
    'hash $uri;',
    'hash $uri consistent;',
    'random;',
    'random two;',
    'least_time header;',
  ])('route: goes before %s', (method) => {
    const run = serve(upstream(`${method} sticky route $arg_r;`));
    expect(backendsOf(run, get('/?r=b'), 3)).toBe('B2 B2 B2');
    expect(backendsOf(run, get('/?r=a'), 3)).toBe('B1 B1 B1');
  });

  test('drain: a server gets those who ask for it and nobody else', () => {
    const run = serve(
      upstream('sticky route $arg_r;', 'server {{B1}} route=a drain; server {{B2}} route=b;'),
    );
    expect(backendsOf(run, get('/?r=a'), 2)).toBe('B1 B1');
    expect(backendsOf(run, get('/'), 2)).toBe('B2 B2');
  });

  test('cookie: tells the client its server, by the hash of its address without a route', () => {
    const run = serve(upstream('sticky cookie srv;', 'server 127.0.0.1:23081;'));
    expect(headerOf(run(get('/')).head, 'Set-Cookie')).toBe('srv=3c97c9c20def68e08163df44559bb37e');
  });

  test('cookie: has its attributes in nginx’s order', () => {
    const words = 'path=/p samesite=$arg_s secure httponly domain=.$host expires=max';
    const run = serve(upstream(`sticky cookie srv ${words};`));
    expect(headerOf(run(get('/?s=odd')).head, 'Set-Cookie')).toBe(
      'srv=a; expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000; domain=.localhost; httponly; secure; samesite=strict; path=/p',
    );
  });

  test('cookie: brings the client back; of several attempts the last server is told', () => {
    const run = serve(upstream('sticky cookie srv;'), { backends: { B1: 'refuse' } });
    const answer = run(get('/', 'Cookie: srv=a'));
    expect(answer.head.match(/set-cookie: .*/gi)).toEqual(['Set-Cookie: srv=b']);
    expect(backendsOf(run, get('/', 'Cookie: SRV=b'), 2)).toBe('B2 B2');
  });

  test('learn: a session stays with the server that created it', () => {
    const run = serve(upstream('sticky learn create=$arg_new lookup=$arg_id zone=s:64k;'));
    expect(backendsOf(run, get('/?new=one'), 1)).toBe('B1');
    expect(backendsOf(run, get('/?new=two'), 1)).toBe('B2');
    expect(backendsOf(run, get('/?id=one'), 2)).toBe('B1 B1');
    expect(backendsOf(run, get('/?id=two'), 2)).toBe('B2 B2');
    expect(backendsOf(run, get('/?id=three'), 2)).toBe('B1 B2');
  });
});
