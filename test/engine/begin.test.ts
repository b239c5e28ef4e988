import { describe, expect, test } from 'vitest';
import { isComplex, normalizeUri } from '../../src/engine/http/normalize-uri.ts';
import { validateHost } from '../../src/engine/http/validate-host.ts';
import { get, serve } from './truth/serve.ts';

const run = serve('location / { return 200 "$uri|$args|$host|$server_protocol|$request_uri"; }');

describe('reading a head', () => {
  test.each([
    ['HTTP/1.1 without Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Host lines', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    ['a lower-case method', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['HTTP/2.0 in the request line', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['a bare CR in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n', 400],
    ['a bad length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400],
    [
      'both lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['an unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501],
    ['a coding over HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['CONNECT with an authority', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['CONNECT with a path', 'CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a path above the root', 'GET /../a HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an encoded zero', 'GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a broken encoding', 'GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ])('answers %s with an error', (_name, raw, status) => {
    const { status: got, head } = run(raw);
    expect(got).toBe(status);
    expect(head).toContain('Connection: close\r\n');
  });

  test.each([
    ['/a%20b?x=1', '/a b|x=1|localhost|HTTP/1.1|/a%20b?x=1'],
    ['//a/./b/../c//d', '/a/c/d||localhost|HTTP/1.1|//a/./b/../c//d'],
    ['/a%2Fb%3Fc', '/a/b?c||localhost|HTTP/1.1|/a%2Fb%3Fc'],
    ['/a?b#c', '/a|b|localhost|HTTP/1.1|/a?b#c'],
    ['http://Other.Test:81/x', '/x||other.test|HTTP/1.1|/x'],
  ])('reads the target %s', (target, expected) => {
    expect(run(get(target)).body).toBe(expected);
  });

  test('skips empty lines before the request line', () => {
    expect(run(`\r\n\n${get('/')}`).status).toBe(200);
  });

  test('takes HTTP/0.9 and answers without a head', () => {
    expect(run('GET /x\r\n')).toMatchObject({ head: '', body: '/x||||/x' });
  });

  test('drops header names with underscores unless told otherwise', () => {
    const config = 'location / { return 200 "[$http_x_y]"; }';
    expect(serve(config)(get('/', 'X_Y: 1')).body).toBe('[]');
    expect(serve(`underscores_in_headers on; ${config}`)(get('/', 'X_Y: 1')).body).toBe('[1]');
  });

  test('joins repeated lines since 1.23.0', () => {
    const config = 'location / { return 200 "$http_x"; }';
    expect(serve(config)(get('/', 'X: 1', 'x: 2')).body).toBe('1, 2');
    expect(serve(config, { target: '1.22.1' })(get('/', 'X: 1', 'x: 2')).body).toBe('1');
  });
});

describe('hosts', () => {
  test.each([
    ['Example.COM.', 'example.com', ''],
    ['a:80', 'a', '80'],
    ['[::1]:8080', '[::1]', '8080'],
  ])('of %s is %s', (text, host, port) => {
    expect(validateHost(text, true)).toEqual({ host, port });
  });

  test('are checked after RFC 3986 since 1.29.4', () => {
    expect(validateHost('a b', false)).toBeNull();
    expect(validateHost('a"b', false)).toEqual({ host: 'a"b', port: '' });
    expect(validateHost('a"b', true)).toBeNull();
    expect(validateHost('a:70000', true)).toBeNull();
    expect(validateHost('a..b', true)).toBeNull();
  });
});

test('paths without anything special are left as they are', () => {
  expect(isComplex('/a/b.c?x=/../%41')).toBe(false);
  expect(isComplex('/a//b')).toBe(true);
  expect(normalizeUri('/a//b/', false)).toEqual({ path: '/a//b/', args: '' });
});
