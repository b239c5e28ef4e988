import tls from 'node:tls';
import { expect, test, vi } from 'vitest';
import { lint } from '../../src/4-check/lint.ts';
import { SourceFile } from '../../src/text/source-file.ts';

test('OpenSSL is asked once for each list of ciphers and of groups, however many servers have it', () => {
  const ask = vi.spyOn(tls, 'createSecureContext');
  const server = (number: number) => `server {
    listen ${number} ssl; ssl_certificate a.pem; ssl_certificate_key a.key;
    ssl_ciphers HIGH:!aNULL; ssl_ecdh_curve X25519:P-256; ssl_conf_command Groups P-256;
  }`;
  const { verdict } = lint(
    new SourceFile('nginx.conf', `events {} http { ${[1, 2, 3].map(server).join('\n')} }`),
  );
  expect(verdict).toEqual({ ok: true });
  expect(ask.mock.calls.map(([options]) => options)).toEqual([
    { ciphers: 'HIGH:!aNULL' },
    { ecdhCurve: 'X25519:P-256' },
    { ecdhCurve: 'P-256' },
  ]);
});
