import { describe, expect, it } from 'vitest';
import { uwsgi } from '../../../src/engine/gateways/uwsgi.ts';
import type { Exchange } from '../../../src/engine/proxy/exchange.ts';
import { engineOf } from '../modules/engine-of.ts';

describe('uwsgi', () => {
  const engine = engineOf(`server {
    location /app { uwsgi_pass 127.0.0.1:9; uwsgi_param A 1; uwsgi_param NONE "" if_not_empty; uwsgi_param HTTP_X hidden; }
    location /own { uwsgi_pass 127.0.0.1:9; uwsgi_modifier1 5; uwsgi_modifier2 200; uwsgi_string tail;
      uwsgi_pass_request_headers off; uwsgi_param HTTP_HOST ""; }
  }`);
  const packet = (location: string, headers: Readonly<Record<string, string>>): string | null => {
    const request = engine.request(location, headers);
    request.host = 'h';
    return uwsgi.compileHead(engine.cx, engine.settings(location)).write(request, {} as Exchange);
  };

  it('sends names and values with their lengths in front', () => {
    const pairs =
      '\x01\0A\x01\x001' + '\x06\0HTTP_X\x06\0hidden' + '\x09\0HTTP_HOST\x01\0h' + '\x08\0HTTP_X_Y\x01\0z';
    expect(packet('/app', { X: 'no', 'X-Y': 'z' })).toBe(
      `\0${String.fromCharCode(pairs.length)}\0\0${pairs}`,
    );
  });
  it('sends the modifiers and the text that it is told to', () => {
    expect(packet('/own', { X: 'no' })).toBe('\x05\x04\0\xc8tail');
  });
  it('has no packet of more than 65535 bytes', () => {
    expect(packet('/app', { Long: 'x'.repeat(70_000) })).toBeNull();
    expect(engine.log.at(-1)).toMatch(/^alert: uwsgi request is too big: 700\d\d$/);
  });
  it('reads the scheme of an address that variables gave', () => {
    expect(uwsgi.address('127.0.0.1:9')).toEqual({ tls: false, address: '127.0.0.1:9' });
    expect(uwsgi.address('UWSGI://a:9')).toEqual({ tls: false, address: 'a:9' });
    expect(uwsgi.address('suwsgi://a:9')).toEqual({ tls: true, address: 'a:9' });
    expect(uwsgi.address('suwsgi://')).toEqual({ tls: false, address: 'suwsgi://' });
  });
});
