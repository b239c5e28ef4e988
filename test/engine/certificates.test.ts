import { expect, test } from 'vitest';
import { lower } from '../../src/3-plan/lower.ts';
import { resolve } from '../../src/2-resolve/resolve.ts';
import type { Connection } from '../../src/engine/api.ts';
import { compileEngine } from '../../src/engine/engine.ts';
import { SourceFile } from '../../src/text/source-file.ts';
import { fakeWorld } from './truth/world.ts';

test('certificates with variables know the connection and the server name', () => {
  const text = `events {} http {
    map $remote_addr $kind { default other; 127.0.0.1 local; }
    server { listen 443 ssl; server_name a; ssl_certificate $ssl_server_name-$kind.crt; ssl_certificate_key /k/$server_name; }
  }`;
  const { plan } = lower(resolve(new SourceFile('/etc/x/nginx.conf', text), { target: '1.31.5' }));
  const engine = compileEngine(plan, fakeWorld({}));
  const connection = { listen: 0, remoteAddress: '127.0.0.1', tls: null } as Connection;
  expect(engine.certificates(0, connection, 'b.example')).toEqual([
    { certificate: '/etc/x/b.example-local.crt', key: '/k/a' },
  ]);
});
