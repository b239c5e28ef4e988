import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createAcceptor,
  type AcceptHooks,
  type AcceptSettings,
} from '../../../src/runtime/listen/acceptor.ts';
import type { AcceptedConnection } from '../../../src/runtime/listen/accepted-connection.ts';
import { CredentialFiles } from '../../../src/runtime/tls/credentials.ts';
import {
  TlsClients,
  verifyUpstream,
  type TlsClientConfiguration,
} from '../../../src/runtime/tls/tls-client.ts';
import { withoutCommands } from '../../../src/runtime/tls/secure-context.ts';
import { VariableTlsServer } from '../../../src/runtime/tls/variable-tls-server.ts';
import { TlsServer, type TlsServerSettings } from '../../../src/runtime/tls/tls-server.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let folder = '';

function certificate(name: string): { certificate: string; key: string } {
  const pair = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const { status, stderr } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', `/O=Test/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
    ...['-keyout', pair.key, '-out', pair.certificate],
  ]);
  if (status !== 0) throw new Error(String(stderr));
  return pair;
}

const serverSettings = (more: Partial<TlsServerSettings>): TlsServerSettings => ({
  ...withoutCommands,
  variableCertificates: false,
  certificateCache: null,
  certificates: [],
  passwordFile: null,
  protocols: ['TLSv1.2', 'TLSv1.3'],
  ciphers: 'HIGH:!aNULL:!MD5',
  trustedCertificates: [],
  crl: null,
  preferServerCiphers: false,
  ecdhCurve: 'auto',
  stapling: null,
  clientStatus: null,
  dhparam: null,
  verifyClient: 'off',
  verifyDepth: 1,
  namedAuthorities: [],
  compressCertificates: false,
  rejectHandshake: false,
  sessionCache: 0,
  sessionTimeout: 300,
  sessionTickets: true,
  sessionTicketKeys: [],
  alpn: ['http/1.1'],
  ...more,
});

const clientSettings = (more: Partial<TlsClientConfiguration>): TlsClientConfiguration => ({
  ...withoutCommands,
  ecdhCurve: 'auto',
  certificates: [],
  passwordFile: null,
  protocols: ['TLSv1.2', 'TLSv1.3'],
  ciphers: 'DEFAULT',
  trustedCertificates: [],
  crl: null,
  verify: false,
  verifyDepth: 1,
  sendServerName: true,
  sessionReuse: true,
  files: null,
  ...more,
});

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

interface Accepted {
  socket: Socket;
  connection: AcceptedConnection;
  early: Buffer | null;
}

/** A listener with an acceptor in front of `servers` by name; '' is the default. */
async function listen(
  servers: Record<string, TlsServerSettings>,
  settings: Partial<AcceptSettings> = {},
  choose: ((name: string) => TlsServer) | null = null,
): Promise<{ port: number; accepted: Promise<Accepted>; log: string[] }> {
  const log: string[] = [];
  const ready = Object.fromEntries(
    Object.entries(servers).map(([name, each]) => [name, new TlsServer(each, new CredentialFiles())]),
  );
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  open.push(server);
  const accepted = new Promise<Accepted>((done) => {
    const hooks: AcceptHooks = {
      selectListen: () => 0,
      tlsServer: (_connection, name) => choose?.(name) ?? ready[name] ?? ready[''] ?? null,
      hold: () => true,
      setReusable: () => {},
      release: () => {},
      nextSerial: () => 1,
      log: (level, message) => log.push(`${level} ${message}`),
      accept: (socket, connection, early) => done({ socket, connection, early }),
    };
    const address = {
      text: '127.0.0.1:0',
      host: '127.0.0.1',
      port: 0,
      path: null,
      backlog: null,
      ipv6Only: true,
      reusePort: false,
      keepAlive: null,
      keepAliveIdle: null,
    };
    const all = {
      address,
      listen: 0,
      local: null,
      proxyProtocol: false,
      tls: true,
      timeout: 60_000,
      ...settings,
    };
    server.on('connection', createAcceptor(all, hooks));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, accepted, log };
}

const secured = (socket: tls.TLSSocket): Promise<void> =>
  new Promise((done, fail) => {
    socket.once('secureConnect', done);
    socket.once('error', fail);
  });

describe.skipIf(!hasOpenssl)('TLS', () => {
  let one: { certificate: string; key: string };
  let two: { certificate: string; key: string };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hopwright-tls-'));
    one = certificate('one.test');
    two = certificate('two.test');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('chooses the certificate by the server name and tells about the connection', async () => {
    const { port, accepted } = await listen({
      '': serverSettings({ certificates: [one] }),
      'two.test': serverSettings({ certificates: [two] }),
    });
    const client = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'two.test',
      rejectUnauthorized: false,
    });
    await secured(client);
    expect(client.getPeerCertificate().subject.CN).toBe('two.test');
    const { connection, socket } = await accepted;
    const value = (name: string): string => connection.tls!.variable(name);
    expect(connection.tls!.serverName).toBe('two.test');
    expect([value('protocol'), value('session_reused'), value('client_verify')]).toEqual([
      'TLSv1.3',
      '.',
      'NONE',
    ]);
    expect(value('ciphers')).toMatch(/^TLS_[A-Z0-9_]+:.*ECDHE-RSA-AES128-GCM-SHA256/);
    expect(value('curves')).toMatch(/(^|:)prime256v1(:|$)/);
    socket.end('hello');
    const [data] = await new Promise<[Buffer]>((done) =>
      client.once('data', (chunk: Buffer) => done([chunk])),
    );
    expect(data.toString()).toBe('hello');
    client.destroy();
  });

  test('certificates with variables are read again when their files change, and kept otherwise', () => {
    const copy = { certificate: join(folder, 'copy.crt'), key: join(folder, 'copy.key') };
    const use = ({ certificate: from, key }: typeof one): void => {
      copyFileSync(from, copy.certificate);
      copyFileSync(key, copy.key);
    };
    const tickets = { secret: Buffer.alloc(48), since: 0 };
    const servers = new VariableTlsServer(serverSettings({ variableCertificates: true }), tickets, null);
    use(one);
    const first = servers.with([copy]);
    expect(servers.with([copy])).toBe(first);
    use(two);
    expect(servers.with([copy])).not.toBe(first);
    expect(() => servers.with([{ ...copy, key: join(folder, 'none') }])).toThrow(
      /cannot load certificate key/,
    );
    servers.close();
  });

  test('a certificate of one connection that cannot be used ends its handshake', async () => {
    const tickets = { secret: Buffer.alloc(48), since: 0 };
    const server = new VariableTlsServer(serverSettings({ variableCertificates: true }), tickets, null);
    const missing = [{ certificate: join(folder, 'none.crt'), key: join(folder, 'none.key') }];
    const { port, log } = await listen({}, {}, () => server.with(missing));
    const client = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'one.test',
      rejectUnauthorized: false,
    });
    await expect(secured(client)).rejects.toThrow(/internal error/);
    expect(log.join()).toMatch(/^error cannot load certificate ".*none\.crt": .* while SSL handshaking/);
  });

  test('reads a PROXY header in front of the handshake', async () => {
    const { port, accepted } = await listen(
      { '': serverSettings({ certificates: [one] }) },
      { proxyProtocol: true },
    );
    const socket = connect(port, '127.0.0.1');
    socket.write('PROXY TCP4 192.0.2.9 192.0.2.1 5 6\r\n');
    const client = tls.connect({ socket, servername: 'one.test', rejectUnauthorized: false });
    await secured(client);
    expect((await accepted).connection.proxyProtocol?.sourceAddress).toBe('192.0.2.9');
    client.destroy();
  });

  test('hands over plain HTTP that was sent to a TLS port, with its bytes', async () => {
    const { port, accepted } = await listen({ '': serverSettings({ certificates: [one] }) });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.0\r\n\r\n');
    const { connection, early } = await accepted;
    expect([connection.tls, early?.toString()]).toEqual([null, 'GET / HTTP/1.0\r\n\r\n']);
    socket.destroy();
  });

  test('a client that is gone when it is to get an alert harms nobody', async () => {
    const { port, log } = await listen({ '': serverSettings({ rejectHandshake: true }) });
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    const told = new Promise<void>((done) => {
      // The acceptor tells this just before it writes the alert.
      log.push = (): number => {
        client.resetAndDestroy();
        setImmediate(() => setImmediate(done));
        return 0;
      };
    });
    // A hello of SSL 2, which says no name.
    client.write(Buffer.from([0x80, 0x2e]));
    await told;
  });

  test('rejects the handshake with an alert where it is told to', async () => {
    const { port } = await listen({ '': serverSettings({ rejectHandshake: true }) });
    const client = tls.connect({ port, host: '127.0.0.1', servername: 'x.test', rejectUnauthorized: false });
    await expect(secured(client)).rejects.toThrow(/unrecognized name/);
  });

  test.each([
    ['no certificate', null, 'NONE', ''],
    ['a trusted one', 'one', 'SUCCESS', 'CN=one.test,O=Test'],
    ['another', 'two', 'FAILED:self-signed certificate', 'CN=two.test,O=Test'],
  ])('asks for a client certificate and judges %s', async (_name, which, verify, subject) => {
    const { port, accepted } = await listen({
      '': serverSettings({
        certificates: [one],
        verifyClient: 'optional',
        trustedCertificates: [one.certificate],
      }),
    });
    const pair = which === null ? null : which === 'one' ? one : two;
    const client = tls.connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ...(pair === null ? {} : { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) }),
    });
    await secured(client);
    const { connection } = await accepted;
    expect([connection.tls!.variable('client_verify'), connection.tls!.variable('client_s_dn')]).toEqual([
      verify,
      subject,
    ]);
    client.destroy();
  });

  test('gives the protocol versions that are allowed, and no other', async () => {
    const { port, log } = await listen({
      '': serverSettings({ certificates: [one], protocols: ['TLSv1.2'] }),
    });
    const client = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1.3' });
    await expect(secured(client)).rejects.toThrow(/version/);
    expect(log[0]).toMatch(
      /^info SSL_do_handshake\(\) failed \(.*\) while SSL handshaking, client: 127.0.0.1, server: 127.0.0.1:0$/,
    );
  });

  test('verifies an upstream by chain and name, and resumes its session', async () => {
    const clients = new TlsClients(new CredentialFiles());
    const strict = clientSettings({ verify: true, trustedCertificates: [one.certificate] });
    const shared = serverSettings({ certificates: [one], protocols: ['TLSv1.2'] });
    const attempt = async (settings: TlsClientConfiguration, name: string, port: number) => {
      const socket = connect(port, '127.0.0.1');
      await new Promise<void>((done) => socket.once('connect', () => done()));
      const secure = clients.start(socket, settings, 'peer', name);
      await secured(secure);
      const result = [verifyUpstream(secure, settings, name), secure.isSessionReused()];
      secure.destroy();
      return result;
    };
    const first = await listen({ '': shared });
    expect(await attempt(strict, 'one.test', first.port)).toEqual([null, false]);
    expect(await attempt(strict, 'one.test', first.port)).toEqual([null, true]);
    expect((await attempt(strict, 'other.test', first.port))[0]).toBe(
      'upstream SSL certificate does not match "other.test"',
    );
    const distrustful = clientSettings({ verify: true, trustedCertificates: [two.certificate] });
    expect((await attempt(distrustful, 'one.test', first.port))[0]).toBe(
      'upstream SSL certificate verify error: (18:self-signed certificate)',
    );
  });
});
