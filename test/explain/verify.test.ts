import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { requestForUrl, defaultRequestOptions, type ExplainedRequest } from '../../src/explain/request.ts';
import { situationOf } from '../../src/explain/situation.ts';
import { verify } from '../../src/explain/verify.ts';
import { SourceFile } from '../../src/text/source-file.ts';

const seeds = new URL('../../fixtures/seed/', import.meta.url);
const request = requestForUrl('ws://localhost:8080/chat/', defaultRequestOptions) as ExplainedRequest;

function verified(text: string, target: string) {
  const { situation } = situationOf(new SourceFile('/conf/nginx.conf', text), { target });
  return verify(situation!, request);
}

it.each([
  ['map.conf', '1.22.1', 'status 101'],
  ['map.conf', '1.31.5', 'status 101'],
  ['map.missing-connection.conf', '1.31.5', 'status 400'],
  ['map.missing-upgrade.conf', '1.22.1', 'status 426'],
  ['plain.missing-version.conf', '1.22.1', 'status 400'],
  ['plain.missing-version.conf', '1.31.5', 'status 101'],
  ['map.missing-pass.conf', '1.31.5', 'status 404'],
])('%s on %s: what is explained happens', async (file, target, text) => {
  const result = await verified(readFileSync(new URL(file, seeds), 'latin1'), target);
  expect(result).toEqual({ outcome: 'agrees', text: expect.stringContaining(text) });
});

it('goes through a second server of the same configuration', async () => {
  const pair =
    'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;';
  const result = await verified(
    `events {} http { ${pair}
       server { listen 8080; location / { proxy_pass http://127.0.0.1:8081; } }
       server { listen 127.0.0.1:8081; location / { proxy_pass http://127.0.0.1:9000; } } }`,
    '1.31.5',
  );
  expect(result).toEqual({ outcome: 'agrees', text: expect.stringContaining('127.0.0.1:9000') });
});

it('says when an address is known at run time only', async () => {
  const result = await verified(
    'events {} http { server { listen 8080; location / { proxy_pass http://127.0.0.1:9$arg_port; } } }',
    '1.31.5',
  );
  expect(result.outcome).toBe('untried');
});

it.each(['fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'memcached_pass'])(
  'says that it does not try %s',
  async (pass) => {
    const result = await verified(
      `events {} http { server { listen 8080; set $memcached_key a; location / { ${pass} 127.0.0.1:9000; } } }`,
      '1.31.5',
    );
    expect(result).toEqual({ outcome: 'untried', text: expect.stringContaining(pass.replace('_pass', '')) });
  },
);
