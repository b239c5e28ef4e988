import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { trustedChain } from '../../../src/runtime/tls/ocsp/verify.ts';
import { Authorities, extension, hasOpenssl, Responder } from '../support/authorities.ts';
import { Serving } from '../support/serving.ts';

let authorities: Authorities;
let responder: Responder;
const at = (name: string): string => authorities.at(name);
const read = (file: string): string => readFileSync(at(file), 'latin1');

beforeAll(async () => {
  if (!hasOpenssl) return;
  authorities = new Authorities();
  responder = await Responder.start();
  const named = (more = ''): string => responder.extension + more;
  authorities.root('root');
  authorities.root('server');
  authorities.issue('middle', 'root', '3001', 'ec', named(extension.authority));
  authorities.issue('client', 'middle', '3002', 'ec', named());
  authorities.issue('silent', 'middle', '3003', 'ec');
  authorities.issue('delegate', 'middle', '3004', 'rsa', extension.ocspSigning);
  authorities.issue('nobody', 'middle', '3005', 'ec');
  // What somebody can make who has none of the keys above: the same name, another key.
  authorities.root('stranger');
  authorities.issue('middle', 'stranger', '3001', 'ec', named(extension.authority), 'false-middle');
  authorities.index({ 3001: 'good', 3002: 'good', 3003: 'good' });
  writeFileSync(at('trusted.crt'), read('middle.crt') + read('root.crt'));
});
afterAll(() => {
  if (!hasOpenssl) return;
  responder.close();
  authorities.remove();
});
beforeEach(() => {
  if (!hasOpenssl) return;
  responder.asked.length = 0;
  responder.answers = {};
});

const serve = (settings: string, trusted = 'trusted.crt'): Promise<Serving> =>
  Serving.start(`
    server {
      listen 127.0.0.1:{{PORT}} ssl;
      ssl_certificate ${at('server.crt')};
      ssl_certificate_key ${at('server.key')};
      ssl_client_certificate ${at(trusted)};
      ssl_verify_client on; ssl_verify_depth 3;
      ${settings}
      return 200 $ssl_client_verify;
    }`);

interface Client {
  readonly name?: string;
  /** Certificates that it sends along. */
  readonly along?: readonly string[];
  readonly session?: Buffer;
  readonly keep?: (session: Buffer) => void;
}

/** Status and, for 200, body. */
function get(port: number, { name = 'client', along = [], session, keep }: Client = {}): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    const cert = [name, ...along].map((each) => read(`${each}.crt`)).join('');
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, session };
    const socket = tls.connect({ ...options, cert, key: read(`${name}.key`) }, () =>
      socket.write('GET / HTTP/1.0\r\n\r\n'),
    );
    if (keep) socket.on('session', keep);
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => {
      const status = text.slice(9, 12);
      done(status === '200' ? `200 ${text.slice(text.indexOf('\r\n\r\n') + 4)}` : status);
    });
    socket.on('error', failed);
  });
}

/** What somebody says of a certificate that `middle` has issued. */
const says = (name: string, signer: string): Buffer => authorities.respond(name, 'middle', signer);

describe.skipIf(!hasOpenssl)('ssl_ocsp', () => {
  test('lets clients in whose certificates are good, and asks as long as nothing is kept', async () => {
    responder.answers = { 3002: says('client', 'middle') };
    const serving = await serve('ssl_ocsp leaf;');
    expect(await get(serving.port)).toBe('200 SUCCESS');
    expect(await get(serving.port)).toBe('200 SUCCESS');
    expect(responder.asked).toHaveLength(2);
    await serving.close();
  });

  test.each([
    ['revoked', () => ({ 3002: revoked() }), 'certificate revoked'],
    ['not known to its authority', () => ({ 3002: unknown() }), 'certificate status unknown'],
    ['vouched for by nobody', () => ({}), 'certificate status request failed'],
    [
      'vouched for by somebody without the right',
      () => ({ 3002: says('client', 'nobody') }),
      'certificate status request failed',
    ],
    [
      'vouched for by a root that has not issued it',
      () => ({ 3002: says('client', 'root') }),
      'certificate status request failed',
    ],
    [
      'vouched for by a stranger of the same name',
      () => ({ 3002: says('client', 'false-middle') }),
      'certificate status request failed',
    ],
    [
      'passed off for another one',
      () => ({ 3002: says('silent', 'middle') }),
      'certificate status request failed',
    ],
  ])('turns a client away whose certificate is %s', async (_name, answers, reason) => {
    responder.answers = answers();
    const serving = await serve('ssl_ocsp leaf;');
    expect(await get(serving.port)).toBe('400');
    expect(responder.asked).toHaveLength(1);
    expect(serving.errorLog()).toContain(`client SSL certificate verify error: ${reason}`);
    await serving.close();
  });

  const revoked = (): Buffer => withStates({ 3002: 'revoked' });
  const unknown = (): Buffer => withStates({});
  const withStates = (states: Record<string, 'good' | 'revoked'>): Buffer => {
    authorities.index(states);
    const response = says('client', 'middle');
    authorities.index({ 3001: 'good', 3002: 'good', 3003: 'good' });
    return response;
  };

  test('takes what somebody says to whom the issuer has given the right', async () => {
    responder.answers = { 3002: says('client', 'delegate') };
    const serving = await serve('ssl_ocsp leaf;');
    expect(await get(serving.port)).toBe('200 SUCCESS');
    await serving.close();
  });

  test('asks about every certificate up to the root, or about the client’s alone', async () => {
    responder.answers = { 3002: says('client', 'middle') };
    const all = await serve('ssl_ocsp on;');
    expect(await get(all.port)).toBe('400');
    expect(responder.asked).toHaveLength(2);
    responder.answers['3001'] = authorities.respond('middle', 'root', 'root');
    expect(await get(all.port)).toBe('200 SUCCESS');
    await all.close();
  });

  test('finds the issuer among what the client sends along, and takes no other of that name', async () => {
    responder.answers = { 3002: says('client', 'middle') };
    const serving = await serve('ssl_ocsp leaf;', 'root.crt');
    expect(await get(serving.port, { along: ['middle'] })).toBe('200 SUCCESS');
    await serving.close();
    const other = await serve('ssl_ocsp leaf;');
    responder.answers = { 3002: says('client', 'false-middle') };
    expect(await get(other.port, { along: ['false-middle', 'stranger'] })).toBe('400');
    await other.close();
  });

  test('keeps what a responder has said in ssl_ocsp_cache, for all servers that name it', async () => {
    responder.answers = { 3002: says('client', 'middle') };
    const serving = await serve('ssl_ocsp leaf; ssl_ocsp_cache shared:states:1m;');
    for (let count = 0; count < 3; count++) expect(await get(serving.port)).toBe('200 SUCCESS');
    expect(responder.asked).toHaveLength(1);
    await serving.close();
  });

  test('asks where ssl_ocsp_responder says, and refuses certificates that name nobody otherwise', async () => {
    responder.answers = { 3003: says('silent', 'middle') };
    const told = await serve(`ssl_ocsp leaf; ssl_ocsp_responder http://127.0.0.1:${responder.port}/ocsp/;`);
    expect(await get(told.port, { name: 'silent' })).toBe('200 SUCCESS');
    await told.close();
    const untold = await serve('ssl_ocsp leaf;');
    expect(await get(untold.port, { name: 'silent' })).toBe('400');
    expect(untold.errorLog()).toContain('no OCSP responder URL in certificate');
    await untold.close();
  });

  test('asks again about clients that resume a session', async () => {
    responder.answers = { 3002: says('client', 'middle') };
    const serving = await serve('ssl_ocsp leaf;');
    let session: Buffer | undefined;
    expect(await get(serving.port, { keep: (made) => (session = made) })).toBe('200 SUCCESS');
    responder.answers = { 3002: revoked() };
    expect(await get(serving.port, { session: session! })).toBe('400');
    expect(responder.asked).toHaveLength(2);
    await serving.close();
  });

  test('asks about clients of servers whose certificates have variables', async () => {
    responder.answers = { 3002: revoked() };
    const serving = await Serving.start(`
      map $ssl_server_name $name { default server; }
      server {
        listen 127.0.0.1:{{PORT}} ssl;
        ssl_certificate ${at('')}/$name.crt;
        ssl_certificate_key ${at('')}/$name.key;
        ssl_client_certificate ${at('trusted.crt')};
        ssl_verify_client on; ssl_verify_depth 3; ssl_ocsp leaf;
        return 200 $ssl_client_verify;
      }`);
    expect(await get(serving.port)).toBe('400');
    expect(responder.asked).toHaveLength(1);
    await serving.close();
  });

  test('waits for a responder no longer than client_header_timeout', async () => {
    responder.answers = { 3002: 'silence' };
    const serving = await serve('ssl_ocsp leaf; client_header_timeout 300ms;');
    await get(serving.port).catch(() => 'closed');
    expect(serving.errorLog()).toContain(
      'client timed out (110: Connection timed out)) while SSL handshaking',
    );
    responder.answers = { 3002: says('client', 'middle') };
    expect(await get(serving.port)).toBe('200 SUCCESS');
    expect(serving.errorLog()).not.toContain('[alert]');
    await serving.close();
  });
});

describe.skipIf(!hasOpenssl)('a chain to a trusted root', () => {
  const certificate = (name: string): X509Certificate => authorities.certificate(name);
  const chain = (leaf: string, others: readonly string[], trusted: readonly string[]): number | undefined =>
    trustedChain(certificate(leaf), others.map(certificate), trusted.map(certificate))?.length;

  test('goes by names and signatures', () => {
    expect(chain('client', ['middle'], ['root'])).toBe(3);
    expect(chain('client', [], ['middle', 'root'])).toBe(3);
    expect(chain('client', ['false-middle', 'middle'], ['root'])).toBe(3);
    expect(chain('root', [], ['root'])).toBe(1);
    expect(chain('client', ['false-middle', 'stranger'], ['root'])).toBeUndefined();
    expect(chain('client', [], ['root'])).toBeUndefined();
    expect(chain('client', [], ['middle'])).toBeUndefined();
    expect(chain('client', ['middle', 'root'], [])).toBeUndefined();
  });

  test('is looked for in a time that does not grow with what a client makes up', () => {
    const key = at('loop.key');
    authorities.openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key);
    const made = Array.from({ length: 15 }, (_, number) => {
      const file = `loop-${number}.crt`;
      const form = ['-key', key, '-subj', '/CN=loop', '-days', '2', '-set_serial', String(number)];
      authorities.openssl('req', '-x509', ...form, '-out', file);
      return new X509Certificate(read(file));
    });
    const before = performance.now();
    expect(trustedChain(made[0]!, made, [certificate('root')])).toBeNull();
    expect(performance.now() - before).toBeLessThan(500);
  });
});
