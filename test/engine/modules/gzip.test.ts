import { describe, expect, it } from 'vitest';
import { acceptsGzip, gunzipFilter, gzipFilter } from '../../../src/engine/modules/gzip.ts';
import type { Request } from '../../../src/engine/request.ts';
import { engineOf } from './engine-of.ts';

describe('Accept-Encoding', () => {
  it.each(['gzip', 'gzip, br', 'deflate, gzip', 'br,GZIP ;q=0.001', 'gzip;q=1.000', 'gzip; q=1, x', 'gzip;'])(
    '"%s" takes gzip',
    (text) => expect(acceptsGzip(text)).toBe(true),
  );
  it.each([
    '',
    'br',
    'xgzip',
    'gzipped',
    'gzip;q=0',
    'gzip;q=0.000',
    'gzip;q=2',
    'gzip;q=0.0001',
    '*',
    'gzip;x',
  ])('"%s" does not', (text) => expect(acceptsGzip(text)).toBe(false));
});

describe('gzip', () => {
  const engine = engineOf(`gzip on; gzip_disable msie6 ^Old; server {
    location /any { gzip_proxied any; gzip_types text/css; }
    location /some { gzip_proxied expired no-cache no_etag; }
    location /off { gzip off; gunzip on; }
  }`);
  const answer = (location: string, headers: Record<string, string>, own: Partial<Request> = {}): Request => {
    const request = engine.request(location, { 'Accept-Encoding': 'gzip', ...headers });
    Object.assign(
      request,
      { status: 200, contentType: 'text/html; x', contentLengthOut: 20, etag: '"a"' },
      own,
    );
    gzipFilter(engine.cx, engine.settings(location))?.(request);
    return request;
  };
  const compressed = (...words: Parameters<typeof answer>): boolean => answer(...words).gzip !== null;

  it('compresses texts of the types from the least length on, and says so', () => {
    const request = answer('/any', {}, { contentType: 'text/css', acceptRanges: true });
    expect(request).toMatchObject({ contentLengthOut: -1, etag: 'W/"a"', acceptRanges: false });
    expect(request).toMatchObject({ headersOut: ['Content-Encoding', 'gzip'], gzipVary: true });
    expect(compressed('/any', {}, { contentLengthOut: 19 })).toBe(false);
    expect(compressed('/any', {}, { contentType: 'image/png' })).toBe(false);
    expect(compressed('/any', {}, { status: 500 })).toBe(false);
    expect(compressed('/any', {}, { headersOut: ['Content-Encoding', 'br'] })).toBe(false);
    expect(compressed('/off', {})).toBe(false);
  });
  it('makes tags of upstreams weak, and drops what is none', () => {
    expect(answer('/any', {}, { headersOut: ['ETag', '"b"'] }).headersOut.slice(0, 2)).toEqual([
      'ETag',
      'W/"b"',
    ]);
    expect(answer('/any', {}, { headersOut: ['ETag', 'b'] }).headersOut).toEqual([
      'Content-Encoding',
      'gzip',
    ]);
  });
  it('leaves out old clients', () => {
    expect(compressed('/any', {}, { httpVersion: 1000 })).toBe(false);
    expect(compressed('/any', {}, { msie6: true })).toBe(false);
    expect(compressed('/any', { 'User-Agent': 'older' })).toBe(false);
    expect(compressed('/any', { 'User-Agent': 'new' })).toBe(true);
  });
  it('compresses for proxies what gzip_proxied names', () => {
    const via = { Via: '1.1 proxy' };
    expect(compressed('/off', via)).toBe(false);
    expect(compressed('/any', via)).toBe(true);
    expect(compressed('/some', via)).toBe(false);
    expect(compressed('/some', via, { etag: '' })).toBe(true);
    expect(compressed('/some', via, { headersOut: ['Cache-Control', 'a, No-Cache'] })).toBe(true);
    expect(compressed('/some', via, { headersOut: ['Cache-Control', 'no-store'], etag: '' })).toBe(false);
    const expires = (date: string): Partial<Request> => ({ headersOut: ['Expires', date] });
    expect(compressed('/some', via, expires('Thu, 01 Jan 1970 00:00:01 GMT'))).toBe(true);
    expect(compressed('/some', via, expires('Thu, 31 Dec 2037 23:55:55 GMT'))).toBe(false);
  });
  it('asks for no window that is larger than the body', () => {
    expect(answer('/any', {}).gzip).toMatchObject({ windowBits: 9, memLevel: 2 });
    expect(answer('/any', {}, { contentLengthOut: -1 }).gzip).toMatchObject({ windowBits: 15, memLevel: 8 });
  });
  it('is undone for clients that do not take it', () => {
    const request = engine.request('/off', { 'Accept-Encoding': 'gzip;q=0' });
    Object.assign(request, { status: 200, contentLengthOut: 5, headersOut: ['Content-Encoding', 'GZIP'] });
    gunzipFilter(engine.cx, engine.settings('/off'))!(request);
    expect(request).toMatchObject({ unpacks: true, contentLengthOut: -1, headersOut: [], gzipVary: true });
  });
});
