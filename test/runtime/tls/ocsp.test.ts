import type { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chosenCertificate } from '../../../src/runtime/tls/certificate-choice.ts';
import { certificateId, statusRequest } from '../../../src/runtime/tls/ocsp/certificate-id.ts';
import { parseResponder } from '../../../src/runtime/tls/ocsp/responder.ts';
import { readResponse, type BasicResponse } from '../../../src/runtime/tls/ocsp/response.ts';
import { mayRespond, signerOf } from '../../../src/runtime/tls/ocsp/verify.ts';
import { Authorities, extension, hasOpenssl, Responder } from '../support/authorities.ts';
import { Serving } from '../support/serving.ts';

let authorities: Authorities;
let responder: Responder;
const at = (name: string): string => authorities.at(name);
const certificate = (name: string): X509Certificate => authorities.certificate(name);
const respond = (name: string, signer: string, ...options: readonly string[]): Buffer =>
  authorities.respond(name, 'root', signer, ...options);
const basic = (bytes: Buffer): BasicResponse => readResponse(bytes) as BasicResponse;

beforeAll(async () => {
  if (!hasOpenssl) return;
  authorities = new Authorities();
  responder = await Responder.start();
  authorities.root('root');
  authorities.root('other');
  authorities.issue('rsa', 'root', '1001', 'rsa', responder.extension);
  authorities.issue('ec', 'root', '1002', 'ec', responder.extension);
  authorities.issue('bad', 'root', '1003', 'ec', responder.extension);
  authorities.issue('delegate', 'root', '2001', 'rsa', extension.ocspSigning);
  authorities.issue('nobody', 'root', '2002', 'ec');
  authorities.issue('foreign', 'other', '2003', 'ec', extension.ocspSigning);
  authorities.index({ 1001: 'good', 1002: 'good', 1003: 'revoked' });
  for (const name of ['rsa', 'ec', 'bad'])
    writeFileSync(at(`${name}.chain`), `${certificate(name)}${certificate('root')}`);
});
afterAll(() => {
  if (!hasOpenssl) return;
  responder.close();
  authorities.remove();
});

describe.skipIf(!hasOpenssl)('OCSP', () => {
  test.each(['rsa', 'ec'])('asks as OpenSSL does, about a certificate with a key of %s', (name) => {
    authorities.openssl(
      'ocsp',
      '-issuer',
      'root.crt',
      '-cert',
      `${name}.crt`,
      '-no_nonce',
      '-reqout',
      'query',
    );
    expect(statusRequest(certificateId(certificate(name), certificate('root')))).toEqual(
      readFileSync(at('query')),
    );
  });

  test('reads what a response says', () => {
    const { statuses } = basic(respond('rsa', 'root'));
    expect(statuses).toHaveLength(1);
    expect(statuses[0]!.id).toEqual(certificateId(certificate('rsa'), certificate('root')));
    expect(statuses[0]!.status).toBe('good');
    expect(statuses[0]!.nextUpdate! - statuses[0]!.thisUpdate).toBe(24 * 60 * 60 * 1000);
    expect(basic(respond('bad', 'root')).statuses[0]!.status).toBe('revoked');
    expect(basic(respond('delegate', 'root')).statuses[0]!.status).toBe('unknown');
  });

  test('says why a responder gave no answer, and takes nothing else for one', () => {
    expect(readResponse(Buffer.from('30030a0106', 'hex'))).toBe(
      'OCSP response not successful (6: unauthorized)',
    );
    const whole = respond('rsa', 'root');
    for (let end = 0; end < whole.length; end += 7)
      expect(() => readResponse(whole.subarray(0, end))).toThrow();
  });

  test.each([
    ['by name, with ECDSA', 'root', []],
    ['by key', 'root', ['-resp_key_id']],
    ['with RSA', 'delegate', []],
    ['with RSASSA-PSS', 'delegate', ['-rsigopt', 'rsa_padding_mode:pss', '-rmd', 'sha256']],
    ['with SHA-384', 'delegate', ['-rmd', 'sha384']],
  ] as const)('finds who signed: %s', (_name, signer, options) => {
    const found = signerOf(basic(respond('rsa', signer, ...options)), []);
    expect(found?.fingerprint256).toBe(certificate(signer).fingerprint256);
  });

  test('takes no signature of somebody else, and none without a certificate', () => {
    const response = basic(respond('rsa', 'root'));
    expect(signerOf({ ...response, signed: Buffer.from(response.signed).fill(0, 40, 41) }, [])).toBeNull();
    const alone = basic(respond('rsa', 'root', '-resp_no_certs'));
    expect(signerOf(alone, [])).toBeNull();
    expect(signerOf(alone, [certificate('rsa')])).toBeNull();
    expect(signerOf(alone, [certificate('root')])).not.toBeNull();
  });

  test.each([
    ['the issuer', 'root', true],
    ['one that it has given the right', 'delegate', true],
    ['one that it has issued for something else', 'nobody', false],
    ['one with that right from somebody else', 'foreign', false],
    ['another authority', 'other', false],
  ])('lets %s speak: %s', (_name, signer, may) => {
    const trusted = [certificate('root'), certificate('other')];
    expect(mayRespond(certificate(signer), certificate('root'), [], trusted)).toBe(may);
    expect(mayRespond(certificate(signer), certificate('root'), [], [certificate('other')])).toBe(false);
  });

  test('takes a responder that the chain of the server has in it', () => {
    expect(mayRespond(certificate('nobody'), certificate('root'), [certificate('nobody')], [])).toBe(true);
  });
});

test.each([
  ['http://a.example', { host: 'a.example', port: 80, path: '/' }],
  ['HTTP://a.example:81/x', { host: 'a.example', port: 81, path: '/x/' }],
  ['http://[::1]:8080/x/', { host: '::1', port: 8080, path: '/x/' }],
  ['https://a.example/', null],
  ['http://', null],
  ['http://a.example:0/', null],
  ['http://a b/', null],
  ['http://a/\r\nX: y', null],
])('a responder at %s', (url, expected) => {
  expect(parseResponder(url)).toEqual(expected);
});

describe('the certificate that a client is going to get', () => {
  const bytes = (...numbers: number[]): string =>
    numbers.map((each) => String.fromCharCode(each >> 8, each & 0xff)).join('');
  const hello = {
    serverName: '',
    ciphers: bytes(0x1301),
    groups: '',
    signatures: '',
    certificateSignatures: '',
    versions: bytes(0x0304),
  };
  const server = { kinds: ['prime256v1', 'rsa'], tls13: true, ownOrder: false };
  const old = { ...hello, versions: '' };
  test.each([
    ['the one that it prefers', { ...hello, signatures: bytes(0x0804, 0x0403) }, server, 1],
    ['the one with a fitting curve', { ...hello, signatures: bytes(0x0503, 0x0403, 0x0804) }, server, 0],
    [
      'not known, if the server prefers',
      { ...hello, signatures: bytes(0x0804, 0x0403) },
      { ...server, ownOrder: true },
      null,
    ],
    [
      'the only one, whoever prefers',
      { ...hello, signatures: bytes(0x0804) },
      { ...server, ownOrder: true },
      1,
    ],
    [
      'not known, if signatures of certificates count',
      { ...hello, signatures: bytes(0x0804), certificateSignatures: bytes(0x0403) },
      server,
      null,
    ],
    [
      'before TLS 1.3 the only one that ciphers allow',
      { ...old, ciphers: bytes(0xc02f), signatures: bytes(0x0403, 0x0401) },
      server,
      1,
    ],
    [
      'before TLS 1.3 the only one that signatures allow',
      { ...old, ciphers: bytes(0xc02f, 0xc02b), signatures: bytes(0x0403) },
      server,
      0,
    ],
    [
      'not known otherwise',
      { ...old, ciphers: bytes(0xc02f, 0xc02b), signatures: bytes(0x0403, 0x0401) },
      server,
      null,
    ],
    [
      'by ciphers, if the server has no TLS 1.3',
      { ...hello, ciphers: bytes(0x1301, 0xc02b), signatures: bytes(0x0804, 0x0403) },
      { ...server, tls13: false },
      0,
    ],
  ])('is %s', (_name, offered, choosing, expected) => {
    expect(chosenCertificate(offered, choosing)).toBe(expected);
  });
});

describe.skipIf(!hasOpenssl)('ssl_stapling', () => {
  interface Seen {
    readonly name: string;
    readonly staple: unknown;
  }

  const see = (port: number, options: tls.ConnectionOptions = {}): Promise<Seen> =>
    new Promise((done, failed) => {
      let staple: Buffer | null = null;
      const socket = tls.connect(
        { port, host: '127.0.0.1', rejectUnauthorized: false, requestOCSP: true, ...options },
        () => {
          done({ name: socket.getPeerCertificate().subject.CN as string, staple });
          socket.destroy();
        },
      );
      socket.once('OCSPResponse', (response: Buffer | null) => (staple = response));
      socket.on('error', failed);
    });
  /** What comes after the first clients have made the server ask. */
  const expectStapled = (
    serving: Serving,
    expected: Seen,
    options: tls.ConnectionOptions = {},
  ): Promise<void> => expect.poll(() => see(serving.port, options)).toEqual(expected);
  const serve = (names: readonly string[], settings = '', file = 'chain'): Promise<Serving> =>
    Serving.start(`
      server {
        listen 127.0.0.1:{{PORT}} ssl;
        ${names.map((name) => `ssl_certificate ${at(name)}.${file}; ssl_certificate_key ${at(name)}.key;`).join('')}
        ssl_stapling on;
        ${settings}
      }`);

  test('gives clients what the responder says, from the second client on', async () => {
    responder.answers = { 1002: respond('ec', 'root') };
    responder.asked.length = 0;
    const serving = await serve(
      ['ec'],
      'ssl_stapling_verify on; ssl_trusted_certificate ' + at('root.crt') + ';',
    );
    expect((await see(serving.port)).staple).toBeNull();
    await expect.poll(() => responder.asked).toHaveLength(1);
    expect(responder.asked[0]).toMatch(
      /^GET \/ocsp\/[A-Za-z0-9%]+ HTTP\/1\.0\r\nHost: 127\.0\.0\.1\r\n\r\n$/,
    );
    await expect.poll(async () => (await see(serving.port)).staple).toEqual(responder.answers[1002]);
    expect(responder.asked).toHaveLength(1);
    await serving.close();
  });

  test('goes with the certificate that the client gets', async () => {
    responder.answers = { 1001: respond('rsa', 'root'), 1002: respond('ec', 'root') };
    const serving = await serve(['ec', 'rsa']);
    const rsa = { sigalgs: 'RSA-PSS+SHA256' };
    const ec = { sigalgs: 'ECDSA+SHA256' };
    await expectStapled(serving, { name: 'rsa', staple: responder.answers[1001]! }, rsa);
    await expectStapled(serving, { name: 'ec', staple: responder.answers[1002]! }, ec);
    for (const sigalgs of [
      'RSA-PSS+SHA384:ECDSA+SHA256',
      'ECDSA+SHA384:RSA-PSS+SHA256',
      'ECDSA+SHA256:RSA-PSS+SHA256',
    ]) {
      const { name, staple } = await see(serving.port, { sigalgs });
      expect(staple).toEqual(responder.answers[name === 'rsa' ? 1001 : 1002]);
    }
    await serving.close();
  });

  test.each([
    ['a revoked certificate', 'bad', 'root', '', 'certificate status "revoked" in the OCSP response'],
    [
      'a page that is no response',
      'ec',
      null,
      '',
      'OCSP responder sent invalid "Content-Type" header: "text/html"',
    ],
    [
      'a responder without the right, with ssl_stapling_verify',
      'ec',
      'nobody',
      'ssl_stapling_verify on;',
      'OCSP_basic_verify() failed',
    ],
    [
      'a response about another certificate',
      'ec',
      'other',
      '',
      'certificate status not found in the OCSP response',
    ],
  ])('gives nothing for %s', async (_name, name, by, settings, message) => {
    const about = by === 'other' ? 'rsa' : name;
    const response = by === null ? null : respond(about, by === 'other' ? 'root' : by);
    responder.answers = { 1002: response, 1003: response };
    const serving = await serve([name], `${settings} ssl_trusted_certificate ${at('root.crt')};`, 'crt');
    expect((await see(serving.port)).staple).toBeNull();
    const { port } = responder;
    await expect
      .poll(() => serving.errorLog())
      .toContain(
        `: ${message} while requesting certificate status, responder: 127.0.0.1, peer: 127.0.0.1:${port}, certificate: "${at(name)}.crt"\n`,
      );
    expect((await see(serving.port)).staple).toBeNull();
    await serving.close();
  });

  test('is told to be ignored where nobody can be responder.asked', async () => {
    const serving = await serve(['ec'], '', 'crt');
    expect(serving.errorLog()).toContain(
      `[warn] ${process.pid}#${process.pid}: "ssl_stapling" ignored, issuer certificate not found for certificate "${at('ec.crt')}"`,
    );
    expect((await see(serving.port)).staple).toBeNull();
    await serving.close();
    const without = await serve(['nobody'], `ssl_trusted_certificate ${at('root.crt')};`, 'crt');
    expect(without.errorLog()).toContain('"ssl_stapling" ignored, no OCSP responder URL in the certificate');
    await without.close();
  });

  test('asks where ssl_stapling_responder says', async () => {
    responder.answers = { 1001: respond('rsa', 'root') };
    const { port } = responder;
    const serving = await serve(['rsa'], `ssl_stapling_responder http://127.0.0.1:${port}/ocsp/;`);
    await expectStapled(serving, { name: 'rsa', staple: responder.answers[1001]! });
    await serving.close();
  });
});
