import { describe, expect, it } from 'vitest';
import { memcached } from '../../../src/engine/gateways/memcached.ts';
import type { Exchange } from '../../../src/engine/proxy/exchange.ts';
import { engineOf } from '../modules/engine-of.ts';

describe('memcached', () => {
  const engine = engineOf(`server {
    set $memcached_key $arg_key;
    location /plain { memcached_pass 127.0.0.1:9; memcached_next_upstream not_found invalid_response timeout; }
    location /gzip { memcached_pass 127.0.0.1:9; memcached_gzip_flag 6; }
  }`);
  const ask = (args: string): string | null => {
    const request = engine.request('/plain');
    request.args = args;
    // What "set" does.
    engine.cx.variables.setter('memcached_key')(request, args);
    return memcached.compileHead(engine.cx, engine.settings('/plain')).write(request, {} as Exchange);
  };
  const read = (bytes: string, location = '/plain') => {
    const exchange = { head: 'get the%20key\r\n', wholeInHead: false } as Exchange;
    const head = memcached.readHead(engine.cx, engine.request(location), exchange, bytes);
    return { head, exchange };
  };

  it('is asked for the value of a key', () => {
    expect(ask('a')).toBe('get a\r\n');
    expect(ask('a b%\n')).toBe('get a%20b%25%0A\r\n');
    expect(ask('')).toBeNull();
    expect(engine.log.at(-1)).toBe('error: the "$memcached_key" variable is not set');
  });
  it('says the length of the value', () => {
    expect(read('VALUE the%20key 0 5\r\nhello').head).toEqual({
      status: 200,
      statusLine: '',
      modern: true,
      headers: ['Content-Length', 'content-length', '5'],
      end: 21,
    });
    expect(read('VALUE the%20key 0 ').head).toBeNull();
  });
  it('says by its flags whether it is compressed', () => {
    const coded = expect.arrayContaining(['Content-Encoding']);
    expect(read('VALUE the%20key 2 5\r\n', '/gzip').head).toMatchObject({ headers: coded });
    expect(read('VALUE the%20key 9 5\r\n', '/gzip').head).not.toMatchObject({ headers: coded });
    expect(read('VALUE the%20key 2 5\r\n').head).not.toMatchObject({ headers: coded });
    expect(read('VALUE the%20key x 5\r\n').head).toMatchObject({ status: 200 });
  });
  it('says that there is no value', () => {
    const { head, exchange } = read('END\r\n');
    expect(head).toMatchObject({ status: 404, end: 5 });
    expect(exchange.wholeInHead).toBe(true);
    expect(engine.log.at(-1)).toBe('info: key: "the%20key" was not found by memcached');
    expect(read('END\r\nmore').exchange.wholeInHead).toBe(false);
    // Another server, asked after the first.
    memcached.readHead(engine.cx, engine.request('/plain'), exchange, 'ERROR\r\n');
    expect(exchange.wholeInHead).toBe(false);
  });
  it.each([
    ['ERROR\r\n', 'memcached sent invalid response: "ERROR"'],
    ['END\n', 'memcached sent invalid response: "END"'],
    ['\n', 'memcached sent invalid response: ""'],
    ['VALUE the%20key 0\r\n', 'memcached sent invalid response: "VALUE the%20key 0"'],
    ['VALUE the%20key2 0 1\r\n', 'memcached sent invalid response: "VALUE the%20key2 0 1"'],
    ['VALUE other 0 1\r\n', 'memcached sent invalid key in response "VALUE other 0 1" for key "the%20key"'],
    [
      'VALUE the%20key 0 x\r\n',
      'memcached sent invalid length in response "VALUE the%20key 0 x" for key "the%20key"',
    ],
  ])('is not understood when it says %j', (bytes, message) => {
    expect(read(bytes).head).toBe(message);
  });
  it('is not understood when flags that count are no number', () => {
    expect(read('VALUE the%20key x 5\r\n', '/gzip').head).toMatch(/^memcached sent invalid flags/);
  });
  it('has names of its own for faults', () => {
    expect(memcached.settings(engine.settings('/plain')).proxy_next_upstream).toEqual([
      'http_404',
      'invalid_header',
      'timeout',
    ]);
  });
});
