import { describe, expect, it } from 'vitest';
import { defaultRequestOptions, requestForUrl } from '../../src/explain/request.ts';

const request = (url: string, options = {}) => requestForUrl(url, { ...defaultRequestOptions, ...options });

describe('the request for a URL', () => {
  it('is a browser handshake to the host and path', () => {
    expect(request('wss://Example.com:8443/chat/?a=1#x')).toEqual({
      raw: [
        'GET /chat/?a=1 HTTP/1.1',
        'Host: example.com:8443',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
        '',
        '',
      ].join('\r\n'),
      hostname: 'example.com',
      port: 8443,
      tls: true,
    });
  });

  it('keeps dot segments and escapes of the path as they were written', () => {
    expect(request('ws://a/x/../%2Fy')).toMatchObject({
      raw: expect.stringMatching(/^GET \/x\/\.\.\/%2Fy HTTP/),
    });
    expect(request('ws://a?x')).toMatchObject({ raw: expect.stringMatching(/^GET \/\?x HTTP/) });
  });

  it('takes a bare path or host', () => {
    expect(request('/chat/')).toMatchObject({ hostname: 'localhost', port: 80, tls: false });
    expect(request('example.com/chat/')).toMatchObject({ hostname: 'example.com', port: 80 });
  });

  it('replaces default headers by given ones and drops those given empty', () => {
    const made = request('http://a/', {
      headers: ['host: b', 'Accept:', 'X-Y: 1'],
      plain: true,
      http: '1.0',
      method: 'POST',
    });
    expect(made).toMatchObject({ raw: 'POST / HTTP/1.0\r\nhost: b\r\nX-Y: 1\r\n\r\n' });
  });

  it.each(['ftp://a/', 'ws://[', 'ws://a b/'])('says what is wrong with %s', (url) => {
    expect(request(url)).toHaveProperty('error');
  });

  it('says which header line is malformed', () => {
    expect(request('ws://a/', { headers: ['nonsense'] })).toEqual({
      error: 'header "nonsense" is not of the form "Name: value"',
    });
  });
});
