import { describe, expect, it } from 'vitest';
import { accessHandler } from '../../../src/engine/modules/access.ts';
import { authBasicHandler } from '../../../src/engine/modules/auth-basic.ts';
import { declined, ok } from '../../../src/engine/phases/phase.ts';
import { engineOf } from './engine-of.ts';

describe('allow and deny', () => {
  const engine = engineOf(`server {
    location /first { allow 10.0.0.0/8; deny 10.1.0.0/16; deny all; }
    location /some { deny 192.0.2.1; allow 2001:db8::/32; deny unix:; }
    location /none { }
  }`);
  const from = (location: string, address: string): number => {
    const request = engine.request(location);
    request.connection.remoteAddress = address;
    return engine.handler(accessHandler, location)!(request);
  };

  it('take the first rule that fits', () => {
    expect(from('/first', '10.1.2.3')).toBe(ok);
    expect(from('/first', '192.0.2.1')).toBe(403);
    expect(engine.log).toContain('error: access forbidden by rule');
  });
  it('leave the decision to others when none fits', () => {
    expect(from('/some', '192.0.2.1')).toBe(403);
    expect(from('/some', '192.0.2.2')).toBe(declined);
    expect(from('/some', '2001:db8::1')).toBe(ok);
    expect(from('/some', '2001:db9::1')).toBe(declined);
    expect(from('/some', 'unix:')).toBe(403);
    expect(from('/some', '::ffff:192.0.2.1')).toBe(403);
  });
  it('are no handler where there are none', () => {
    expect(engine.handler(accessHandler, '/none')).toBeNull();
  });
});

describe('auth_basic', () => {
  const engine = engineOf(`server {
    location /in { auth_basic "the realm"; auth_basic_user_file users; }
    location /in/off { auth_basic off; auth_basic_user_file users; }
    location /missing { auth_basic "closed"; auth_basic_user_file nobody; }
  }`);
  engine.files.set(
    '/etc/nginx/users',
    '# people\n\nada:{PLAIN}secret:Ada\r\nbob:$2b$05$x\nada:{PLAIN}second\n',
  );
  const ask = (location: string, user?: string): { result: number; headers: string[] } => {
    const encoded = Buffer.from(user ?? '').toString('base64');
    const basic: Record<string, string> = user === undefined ? {} : { Authorization: `Basic ${encoded}` };
    const request = engine.request(location, basic);
    return { result: engine.handler(authBasicHandler, location)!(request), headers: request.headersOut };
  };

  it('lets people with the right password in', () => {
    expect(ask('/in', 'ada:secret')).toEqual({ result: ok, headers: [] });
  });
  it('asks everybody else', () => {
    const refused = { result: 401, headers: ['WWW-Authenticate', 'Basic realm="the realm"'] };
    expect(ask('/in')).toEqual(refused);
    expect(ask('/in', 'ada:second')).toEqual(refused);
    expect(ask('/in', 'eve:x')).toEqual(refused);
    expect(engine.log).toEqual([
      'info: no user/password was provided for basic authentication',
      'error: user "ada": password mismatch',
      'error: user "eve" was not found in "/etc/nginx/users"',
    ]);
  });
  it('cannot work without its file, or with a scheme it does not know', () => {
    expect(ask('/missing', 'ada:secret').result).toBe(403);
    expect(ask('/in', 'bob:x').result).toBe(500);
  });
  it('can be switched off', () => {
    expect(engine.handler(authBasicHandler, '/in/off')).toBeNull();
  });
});
