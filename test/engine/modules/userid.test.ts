import { describe, expect, it } from 'vitest';
import { defineUserid, useridFilter } from '../../../src/engine/modules/userid.ts';
import { engineOf } from './engine-of.ts';

describe('userid', () => {
  const engine = engineOf(`server {
    location /on { userid on; }
    location /v1 { userid v1; userid_mark t; userid_expires max; userid_flags samesite=lax secure; }
    location /log { userid log; }
    location /service {
      userid on; userid_service 65534; userid_name id; userid_domain example.com; userid_path /a;
      userid_p3p 'CP="X"'; userid_expires 100;
    }
  }`);
  defineUserid(engine.cx);
  const value = engine.cx.variables.evaluator('uid_set');
  const got = engine.cx.variables.evaluator('uid_got');
  const ask = (location: string, cookie?: string): { lines: string[]; set: string; got: string } => {
    const request = engine.request(location, cookie === undefined ? {} : { Cookie: cookie });
    useridFilter(engine.cx, engine.settings(location))?.(request);
    return { lines: request.headersOut, set: value(request), got: got(request) };
  };

  it('gives a client an identifier that names the address and the time', () => {
    const { lines, set } = ask('/on');
    expect(set).toMatch(/^uid=0100007F00D2496B[0-9A-F]{8}02030303$/);
    expect(lines[0]).toBe('Set-Cookie');
    expect(lines[1]).toMatch(/^uid=fwAAAWtJ0g[\w+/]{12}==; path=\/$/);
  });
  it('knows a client that comes again and gives it nothing', () => {
    const first = ask('/on');
    const again = ask('/on', first.lines[1]!.split(';')[0]);
    expect(again).toEqual({ lines: [], set: '', got: first.set });
  });
  it('marks identifiers, also those a client has already', () => {
    const first = ask('/v1').lines[1]!;
    expect(first).toMatch(
      /^uid=AAAAAA\S+t=; expires=Thu, 31-Dec-37 23:55:55 GMT; path=\/; secure; samesite=lax$/,
    );
    expect(ask('/v1', first.split(';')[0]).lines).toEqual([]);
    const unmarked = first.split(';')[0]!.replace('t=', '==');
    expect(ask('/v1', unmarked).lines[1]).toBe(first);
  });
  it('takes service, name, domain, path, P3P and life from the configuration', () => {
    const { lines, set } = ask('/service');
    expect(set).toMatch(/^id=FEFF0000/);
    expect(lines[1]).toMatch(/^id=\S+; expires=Fri, 15-Jan-27 08:01:40 GMT; domain=example\.com; path=\/a$/);
    expect(lines.slice(2)).toEqual(['P3P', 'CP="X"']);
  });
  it('only reads the cookie with `log`', () => {
    const first = ask('/on');
    expect(ask('/log', first.lines[1]!.split(';')[0])).toEqual({ lines: [], set: '', got: first.set });
  });
  it('says when a cookie cannot be read', () => {
    expect(ask('/on', 'uid=short').lines).toHaveLength(2);
    expect(ask('/on', `uid=${'*'.repeat(24)}`).lines).toHaveLength(2);
    expect(engine.log).toEqual([
      'error: client sent too short userid cookie "short"',
      `error: client sent invalid userid cookie "${'*'.repeat(24)}"`,
    ]);
  });
});
