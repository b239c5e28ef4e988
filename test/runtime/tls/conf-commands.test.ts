import { constants } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ConfCommand } from '../../../src/3-plan/schema/conf-command.ts';
import { withCommands } from '../../../src/runtime/tls/conf-commands.ts';
import {
  contextOptions,
  withoutCommands,
  type TlsSettings,
} from '../../../src/runtime/tls/secure-context.ts';
import { CredentialFiles } from '../../../src/runtime/tls/credentials.ts';

const settings: TlsSettings = {
  ...withoutCommands,
  certificates: [],
  passwordFile: null,
  protocols: ['TLSv1.2', 'TLSv1.3'],
  ciphers: 'HIGH',
  ecdhCurve: 'auto',
  trustedCertificates: [],
  crl: null,
};
const after = (...commands: [ConfCommand['name'], string][]) =>
  withCommands(
    settings,
    commands.map(([name, value]) => ({ name, value })),
  );

describe('ssl_conf_command', () => {
  test('names protocols one by one, and bounds that hold wherever they are written', () => {
    expect(after(['protocol', '-all'], ['protocol', 'tlsv1.1']).protocols).toEqual(['TLSv1.1']);
    expect(after(['minprotocol', 'TLSv1.2'], ['protocol', 'all']).protocols).toEqual(['TLSv1.2', 'TLSv1.3']);
    expect(after(['maxprotocol', 'TLSv1.2']).protocols).toEqual(['TLSv1.2']);
    expect(after(['minprotocol', 'TLSv1.3'], ['minprotocol', 'None']).protocols).toEqual(settings.protocols);
  });

  test('switches options on and off, also those that OpenSSL has a flag against', () => {
    expect(after(['options', 'prioritizechacha']).options).toBe(constants.SSL_OP_PRIORITIZE_CHACHA);
    expect(after(['options', 'norenegotiation'], ['options', '-norenegotiation']).options).toBe(0);
    expect(after(['options', '-encryptthenmac']).options).toBe(0x80000);
    expect(after(['options', 'ecdhsingle']).options).toBe(0);
    expect(after(['options', '-serverpreference'], ['options', 'sessionticket'])).toMatchObject({
      preferServerCiphers: false,
      sessionTickets: true,
    });
  });

  test('replaces ciphers, suites, groups and signature algorithms', () => {
    const made = after(
      ['cipherstring', 'AES128-SHA'],
      ['ciphersuites', 'foo:TLS_AES_128_GCM_SHA256'],
      ['groups', 'P-256'],
      ['signaturealgorithms', 'RSA+SHA256'],
    );
    expect(contextOptions(made, new CredentialFiles())).toMatchObject({
      ciphers: 'TLS_AES_128_GCM_SHA256:AES128-SHA',
      ecdhCurve: 'P-256',
      sigalgs: 'RSA+SHA256',
    });
    expect(contextOptions(after(['ciphersuites', '']), new CredentialFiles()).ciphers).toBe('HIGH');
  });

  test('wants one suite that exists', () => {
    expect(() => contextOptions(after(['ciphersuites', 'foo']), new CredentialFiles())).toThrow(
      'SSL_CONF_cmd("Ciphersuites", "foo") failed (SSL: error:0A0000B9:SSL routines::no cipher match)',
    );
  });

  test('names a certificate and a key of its own', () => {
    expect(after(['certificate', '/a'], ['privatekey', '/b']).replacement).toEqual({
      certificate: '/a',
      key: '/b',
    });
  });
});
