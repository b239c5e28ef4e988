import { describe, expect, it } from 'vitest';
import { parseAddress, parseTarget, uwsgiAddress } from '../../../src/3-plan/schema/proxy-target.ts';

const address = (text: string) => parseAddress({ tls: false, address: text });

describe('an address', () => {
  it('is host and port, or a socket whatever its path has in it', () => {
    expect(address('a:9')).toMatchObject({ scheme: 'http', host: 'a', port: 9, hasPort: true });
    expect(address('a')).toMatchObject({ host: 'a', hasPort: false });
    expect(address('[::1]:9')).toMatchObject({ host: '[::1]', port: 9 });
    expect(address('unix:/a:b?c')).toMatchObject({ host: 'unix:/a:b?c', uri: '' });
  });
  it.each([
    ['', 'no host'],
    [':9', 'no host'],
    ['a:x', 'invalid port'],
    ['a:9/x', 'invalid host'],
    ['http://a:9', 'invalid host'],
    ['[::1', 'invalid host'],
    ['unix:', 'no path in the unix domain socket'],
  ])('is not %j', (text, error) => {
    expect(address(text)).toEqual({ error });
  });
  it('of uwsgi may have a scheme, one of which stands for TLS', () => {
    expect(parseAddress(uwsgiAddress('SUWSGI://a:9'))).toMatchObject({ scheme: 'https', host: 'a' });
    expect(parseAddress(uwsgiAddress('uwsgi://a:9'))).toMatchObject({ scheme: 'http', host: 'a' });
    expect(parseAddress(uwsgiAddress('uwsgi://'))).toEqual({ error: 'invalid host' });
  });
});

describe('a URL of proxy_pass', () => {
  it('has a scheme, and a bracket that is closed', () => {
    expect(parseTarget('a:9')).toEqual({ error: 'invalid URL prefix' });
    expect(parseTarget('http://[::1')).toEqual({ error: 'invalid host' });
  });
});
