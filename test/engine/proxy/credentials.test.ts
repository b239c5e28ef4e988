import { expect, test } from 'vitest';
import { lower } from '../../../src/3-plan/lower.ts';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import type { Connection } from '../../../src/engine/api.ts';
import { compileEngine } from '../../../src/engine/engine.ts';
import { SourceFile } from '../../../src/text/source-file.ts';
import { fakeWorld } from '../truth/world.ts';

test.each([
  ['x', '/etc/x/x.crt'],
  ['/abs', '/abs.crt'],
  ['data:pem', 'data:pem.crt'],
])('proxy_ssl_certificate with a variable that is %s means %s', (value, path) => {
  const text = `events {} http { server { listen 80; location / {
    proxy_pass https://127.0.0.1; proxy_ssl_certificate $arg_c.crt; proxy_ssl_certificate_key $arg_c.crt; } } }`;
  const { plan } = lower(resolve(new SourceFile('/etc/x/nginx.conf', text), { target: '1.31.5' }));
  const connection = { listen: 0, remoteAddress: '127.0.0.1', requests: 0, tls: null } as Connection;
  const request = compileEngine(plan, fakeWorld({})).begin(
    connection,
    `GET /?c=${value} HTTP/1.1\r\nHost: x\r\n\r\n`,
    0,
  )!;
  expect([request.upstream!.tlsCertificate, request.upstream!.tlsKey]).toEqual([path, path]);
});
