import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { get, handshake, sameAnswers } from './same-answers.ts';

const seeds = resolve(import.meta.dirname, '../../../fixtures/seed');
for (const file of readdirSync(seeds).filter((name) => name.endsWith('.conf'))) {
  // nginx refuses these: what they are refused with is compared with the other recorded cases.
  if (/wrong-pass|missing-map|map-in-server/.test(file)) continue;
  const text = readFileSync(join(seeds, file), 'latin1')
    .replace('listen 8080;', 'listen 127.0.0.1:{{PORT}};')
    .replace('127.0.0.1:9001', '{{BACKEND}}');
  sameAnswers(
    `fixtures/seed/${file} behaves as in nginx`,
    { 'nginx.conf': text },
    {
      'a handshake': handshake('/chat/'),
      'a plain request': get('/chat/x?y=1'),
      'a handshake without the slash': handshake('/chat'),
      'a request over HTTP/1.0': 'GET /chat/ HTTP/1.0\r\n\r\n',
    },
  );
}
