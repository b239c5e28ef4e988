import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Serving } from '../support/serving.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let folder = '';
let serving: Serving;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stapling-'));
  spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=a'],
    ...['-keyout', join(folder, 'key'), '-out', join(folder, 'crt')],
  ]);
  writeFileSync(join(folder, 'staple'), Buffer.from([0x30, 0x03, 0x0a, 0x01, 0xff]));
});
afterAll(() => rmSync(folder, { recursive: true }));

function staple(port: number): Promise<Buffer | null> {
  return new Promise((done, failed) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, requestOCSP: true });
    socket.on('error', failed);
    socket.once('OCSPResponse', (response: Buffer | null) => {
      done(response);
      socket.destroy();
    });
  });
}

describe.skipIf(!hasOpenssl)('ssl_stapling_file', () => {
  test('is sent as it is to who asks for it, with ssl_stapling on', async () => {
    serving = await Serving.start(`
      server {
        listen 127.0.0.1:{{PORT}} ssl;
        ssl_certificate ${folder}/crt;
        ssl_certificate_key ${folder}/key;
        ssl_stapling on;
        ssl_stapling_file ${folder}/staple;
      }`);
    expect(await staple(serving.port)).toEqual(Buffer.from([0x30, 0x03, 0x0a, 0x01, 0xff]));
    await serving.close();
  });
});
