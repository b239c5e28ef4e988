import { describe, expect, it } from 'vitest';
import { charsetFilter } from '../../../src/engine/modules/charset.ts';
import { engineOf } from './engine-of.ts';

describe('charset', () => {
  const engine = engineOf(`charset_map koi8-r utf-8 { C1 D0B0; } charset_map B A { 58 59; } server {
    location /plain { charset utf-8; }
    location /map { charset utf-8; source_charset KOI8-R; }
    location /bytes { charset A; source_charset B; }
    location /override { charset B; override_charset on; }
    location /any { charset $http_x; source_charset B; }
  }`);
  const filter = charsetFilter(engine.cx)!;
  const ask = (location: string, type: string, body: string, setting = {}): unknown[] => {
    const request = engine.request(location, { X: 'utf-8' });
    Object.assign(request, { status: 200, contentType: type, contentLengthOut: body.length }, setting);
    filter(request);
    const sent = request.bodyFilter?.push(body, true).join('') ?? body;
    return [request.contentType, request.charset, request.contentLengthOut, sent];
  };

  it('is named where the type has none yet', () => {
    expect(ask('/plain', 'text/html', 'a')).toEqual(['text/html', 'utf-8', 1, 'a']);
    expect(ask('/plain', 'image/png', 'a')).toEqual(['image/png', '', 1, 'a']);
    expect(ask('/plain', 'text/html; charset=B', 'X')).toEqual(['text/html; charset=B', '', 1, 'X']);
    expect(ask('/plain', 'text/html', 'a', { status: 302 })).toEqual(['text/html', '', 1, 'a']);
  });
  it('is changed by a map', () => {
    expect(ask('/map', 'text/html', '\xc1')).toEqual(['text/html', 'utf-8', -1, '\xd0\xb0']);
    expect(ask('/bytes', 'text/html', 'XZ')).toEqual(['text/html', 'A', 2, 'YZ']);
    expect(ask('/override', 'text/html; charset=a', 'Y')).toEqual(['text/html', 'B', 1, 'X']);
  });
  it('stays in encoded bodies and where no map fits', () => {
    const encoded = { headersOut: ['Content-Encoding', 'gzip'] };
    expect(ask('/bytes', 'text/html', 'X', encoded)).toEqual(['text/html', '', 1, 'X']);
    expect(ask('/any', 'text/html', 'X')).toEqual(['text/html', '', 1, 'X']);
    expect(engine.log).toEqual(['error: no "charset_map" between the charsets "B" and "utf-8"']);
  });
});
