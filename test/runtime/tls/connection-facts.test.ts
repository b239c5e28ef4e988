import { constants } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CredentialFiles } from '../../../src/runtime/tls/credentials.ts';
import { Serving } from '../support/serving.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let folder = '';
const at = (name: string): string => join(folder, name);

function makeCertificate(name: string, kind: readonly string[] = ['-newkey', 'rsa:2048']): void {
  const made = spawnSync('openssl', [
    ...['req', '-x509', ...kind, '-nodes', '-days', '2', '-subj', `/CN=${name}`],
    ...['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-facts-'));
  for (const name of ['one', 'two']) makeCertificate(name);
  makeCertificate('curved', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A server with the certificate `one` and these settings. */
const serve = (settings: string): Promise<Serving> =>
  Serving.start(`
    server {
      listen 127.0.0.1:{{PORT}} ssl;
      ssl_certificate ${folder}/one.crt;
      ssl_certificate_key ${folder}/one.key;
      ${settings}
    }`);

function get(port: number, options: tls.ConnectionOptions = {}): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () =>
      socket.write('GET / HTTP/1.0\r\n\r\n'),
    );
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => done(text.slice(text.indexOf('\r\n\r\n') + 4)));
    socket.on('error', failed);
  });
}

/** The names of authorities that a client is told, and what else `openssl s_client` prints. */
async function opensslClient(port: number, options: readonly string[] = []): Promise<string> {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...options]);
  let text = '';
  client.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  client.stdin.end();
  await new Promise((done) => client.once('close', done));
  return text;
}

describe.skipIf(!hasOpenssl)('what is known of a TLS connection', () => {
  test('$ssl_curve is the group of the key exchange, in every version and for resumed sessions', async () => {
    const serving = await serve('return 200 "$ssl_protocol $ssl_curve $ssl_session_reused";');
    const { port } = serving;
    expect(await get(port, { ecdhCurve: 'P-384' })).toBe('TLSv1.3 secp384r1 .');
    expect(await get(port, { ecdhCurve: 'X25519' })).toBe('TLSv1.3 X25519 .');
    expect(await get(port, { ecdhCurve: 'P-256', maxVersion: 'TLSv1.2' })).toBe('TLSv1.2 prime256v1 .');
    const withoutGroup = { ciphers: 'AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
    expect(await get(port, withoutGroup)).toBe('TLSv1.2  .');
    await serving.close();
  });

  test('$ssl_sigalgs are the numbers that the client sent, $ssl_session_id is the one of the session', async () => {
    const serving = await serve(
      'ssl_session_tickets off; ssl_session_cache shared:s:1m; return 200 "$ssl_sigalgs $ssl_session_id";',
    );
    const options = {
      sigalgs: 'RSA-PSS+SHA256:ECDSA+SHA256',
      maxVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_NO_TICKET,
    } as const;
    expect(await get(serving.port, options)).toMatch(/^0x0804:0x0403 [0-9a-f]{64}$/);
    await serving.close();
  });

  test('a client cannot start another handshake', async () => {
    const serving = await serve('ssl_protocols TLSv1.2; return 200 answered;');
    const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${serving.port}`]);
    let text = '';
    client.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    client.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    // "R" asks for a handshake where it is the first that is read at a time: after an answer.
    client.stdin.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => text).toContain('answered');
    client.stdin.write('R\n');
    await new Promise((done) => client.once('close', done));
    expect(text).toContain('no renegotiation');
    await serving.close();
  });
});

describe.skipIf(!hasOpenssl)('authorities that clients are told', () => {
  const verifying = (settings: string): Promise<Serving> =>
    serve(`ssl_verify_client optional; ${settings} return 200 $ssl_client_verify;`);
  const asClient = (name: string): tls.ConnectionOptions => {
    const files = new CredentialFiles();
    const read = (path: string): string => files.read(path, String);
    return { cert: read(at(`${name}.crt`)), key: read(at(`${name}.key`)) };
  };

  test.each([
    ['those of ssl_client_certificate', '/one.crt', '/two.crt', ['one']],
    ['none where there is ssl_trusted_certificate alone', null, '/two.crt', []],
    ['those of ssl_client_certificate, where it is alone', '/two.crt', null, ['two']],
  ] as const)('are %s', async (_name, client, trusted, names) => {
    const serving = await verifying(
      (client === null ? '' : `ssl_client_certificate ${folder}${client};`) +
        (trusted === null ? '' : `ssl_trusted_certificate ${folder}${trusted};`),
    );
    for (const version of ['-tls1_2', '-tls1_3']) {
      const text = await opensslClient(serving.port, [version]);
      const listed =
        /Acceptable client certificate CA names\n([^]*?)\n(?:Client|Requested)|No client certificate CA names sent/.exec(
          text,
        );
      expect(listed?.[1]?.split('\n').map((line) => line.replace(/^CN ?= ?/, '')) ?? []).toEqual([...names]);
    }
    await serving.close();
  });

  test('trust does not depend on that', async () => {
    const serving = await verifying(
      `ssl_client_certificate ${folder}/one.crt; ssl_trusted_certificate ${folder}/two.crt;`,
    );
    expect(await get(serving.port, asClient('one'))).toBe('SUCCESS');
    expect(await get(serving.port, asClient('two'))).toBe('SUCCESS');
    expect(await get(serving.port, asClient('curved'))).toContain('400 Bad Request');
    await serving.close();
  });
});

describe.skipIf(!hasOpenssl)('certificates', () => {
  test('the last one of a kind counts', async () => {
    const also = (name: string): string =>
      `ssl_certificate ${at(name)}.crt; ssl_certificate_key ${at(name)}.key;`;
    const serving = await serve(`${also('curved')} ${also('two')} return 200 x;`);
    expect(await opensslClient(serving.port, ['-sigalgs', 'RSA-PSS+SHA256'])).toMatch(/subject=CN ?= ?two/);
    expect(await opensslClient(serving.port, ['-sigalgs', 'ECDSA+SHA256'])).toMatch(/subject=CN ?= ?curved/);
    await serving.close();
  });

  test('ssl_certificate_compression does not keep clients away that know none', async () => {
    const serving = await serve('ssl_certificate_compression on; return 200 x;');
    expect(await get(serving.port)).toBe('x');
    expect(await get(serving.port, { maxVersion: 'TLSv1.2' })).toBe('x');
    await serving.close();
  });
});

describe('files of a configuration that replaces another', () => {
  test('are not read again while number and time of change stay, as far as they may be taken over', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'tls-files-')), 'file');
    const read = (files: CredentialFiles): string[] => [
      files.readInheritable(path, String),
      files.read(path, String),
    ];
    writeFileSync(path, 'old');
    const { mtime } = statSync(path);
    const first = new CredentialFiles();
    expect(read(first)).toEqual(['old', 'old']);
    writeFileSync(path, 'new');
    utimesSync(path, mtime, mtime);
    const second = new CredentialFiles(undefined, first.inheritable);
    expect(read(second)).toEqual(['old', 'new']);
    expect(read(new CredentialFiles())).toEqual(['new', 'new']);
    utimesSync(path, mtime, new Date(mtime.getTime() + 2000));
    expect(read(new CredentialFiles(undefined, second.inheritable))).toEqual(['new', 'new']);
    copyFileSync(path, `${path}.copy`);
    writeFileSync(`${path}.copy`, 'moved');
    utimesSync(`${path}.copy`, mtime, mtime);
    renameSync(`${path}.copy`, path);
    expect(read(new CredentialFiles(undefined, second.inheritable))).toEqual(['moved', 'moved']);
    rmSync(path);
  });
});
