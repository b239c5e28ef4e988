import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../ports.ts';

const command = resolve(import.meta.dirname, '../../../bin/hopwright-nginx.js');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-daemon-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test('what the configuration and the log of the command line give rise to is said once, not by the daemon again', async () => {
  const port = await freePort();
  const server = `server { listen 127.0.0.1:${port}; server_name a; }`;
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/nginx.pid; error_log ${folder}/error.log notice; events {}
    http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; ${server} ${server} }`,
  );
  const { status, stderr } = spawnSync(
    command,
    ['-p', folder, '-c', 'nginx.conf', '-e', 'missing/start.log'],
    {
      encoding: 'latin1',
    },
  );
  process.kill(Number(readFileSync(join(folder, 'nginx.pid'), 'latin1')), 'SIGTERM');
  expect(status).toBe(0);
  expect(stderr.match(/could not open error log file/g)).toHaveLength(1);
  expect(stderr.match(/conflicting server name "a"/g)).toHaveLength(1);
});
