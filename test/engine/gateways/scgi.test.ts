import { expect, it } from 'vitest';
import { scgi } from '../../../src/engine/gateways/scgi.ts';
import type { Exchange } from '../../../src/engine/proxy/exchange.ts';
import { engineOf } from '../modules/engine-of.ts';

const engine = engineOf(`server {
  location /app { scgi_pass 127.0.0.1:9; scgi_param SCGI 1; scgi_param HTTP_HOST h; }
}`);

it.each([
  [-1, '0'],
  [12, '12'],
])('SCGI sends a netstring that begins with the length of the body (%i)', (length, said) => {
  const request = engine.request('/app', { Cookie: 'a=b', Host: 'no' });
  request.contentLength = length;
  const content = `CONTENT_LENGTH\0${said}\0SCGI\x001\0HTTP_HOST\0h\0HTTP_COOKIE\0a=b\0`;
  expect(scgi.compileHead(engine.cx, engine.settings('/app')).write(request, {} as Exchange)).toBe(
    `${content.length}:${content},`,
  );
});

it('joins lines of one name where the first of them stands', () => {
  const request = engine.request('/app');
  for (const [name, value] of ['X-A:1', 'Cookie:a', 'X-A:2', 'Cookie:b'].map((line) => line.split(':')))
    request.headers.push(name!, name!.toLowerCase(), value!);
  const head = scgi.compileHead(engine.cx, engine.settings('/app')).write(request, {} as Exchange)!;
  expect(head).toContain('HTTP_HOST\0h\0HTTP_X_A\x001, 2\0HTTP_COOKIE\0a; b\0,');
});

it('reads the headers once, however many there are', () => {
  const request = engine.request('/app');
  for (let at = 0; at < 20_000; at++) request.headers.push(`n${at}`, `n${at}`, '');
  const started = performance.now();
  scgi.compileHead(engine.cx, engine.settings('/app')).write(request, {} as Exchange);
  expect(performance.now() - started).toBeLessThan(500);
});
