import { expect, test } from 'vitest';
import { resolve } from '../../../src/2-resolve/resolve.ts';
import { lower } from '../../../src/3-plan/lower.ts';
import { greeting } from '../../../src/cli/serve/greeting.ts';
import { SourceFile } from '../../../src/text/source-file.ts';

function planOf(servers: string) {
  const file = new SourceFile('/x/nginx.conf', `events {} http { ${servers} }`);
  return lower(resolve(file, { target: '1.31.5', prefix: '/x/' })).plan;
}

const linesOf = (servers: string, file = 'nginx.conf'): string[] =>
  greeting(planOf(servers), file, null)
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim());

test.each([
  ['listen 8080;', 'http://localhost:8080/'],
  ['listen 80;', 'http://localhost/'],
  ['listen 127.0.0.1:8080;', 'http://127.0.0.1:8080/'],
  ['listen [::1]:8080;', 'http://[::1]:8080/'],
  ['listen 8080; server_name app.localhost;', 'http://app.localhost:8080/'],
  ['listen unix:/run/x.sock;', 'unix:/run/x.sock'],
  ['listen 8080; location /chat/ { proxy_pass http://127.0.0.1:1; }', 'http://localhost:8080/chat/'],
])('%s is told as %s', (body, address) => {
  expect(linesOf(`server { ${body} }`)).toEqual([address]);
});

test('tells of echo backends, of those that could not start, and what to try', () => {
  const text = greeting(planOf('server { listen 8080; }'), 'nginx.conf', {
    started: [{ host: '127.0.0.1', port: 9000 }],
    skipped: [{ address: { host: '127.0.0.1', port: 9001 }, code: 'EADDRINUSE' }],
    close: async () => {},
  });
  expect(text).toContain('echo backend on 127.0.0.1:9000\n');
  expect(text).toContain('no echo backend on 127.0.0.1:9001: something listens there already');
  expect(text).toContain('hopwright explain nginx.conf ws://localhost:8080/');
});
