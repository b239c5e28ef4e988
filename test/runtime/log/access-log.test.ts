import { createSocket } from 'node:dgram';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  mkdirSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AccessLogs, type AccessLogTarget } from '../../../src/runtime/log/access-log.ts';
import type { Buffering } from '../../../src/runtime/log/log-file.ts';
import { syslogFrame } from '../../../src/runtime/log/syslog.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-log-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, buffering: Buffering | null = null): AccessLogTarget => ({
  kind: 'file',
  path: join(folder, name),
  buffering,
});
const content = (name: string): string => readFileSync(join(folder, name), 'latin1');
const silent = new AccessLogs((message) => {
  throw new Error(message);
});

describe('AccessLogs', () => {
  test('writes the lines of a turn of the event loop at its end, bytes as they are', async () => {
    const write = silent.open(file('plain.log'));
    write('one \xe9');
    write('two');
    expect(content('plain.log')).toBe('');
    await turn();
    expect(content('plain.log')).toBe('one \xe9\ntwo\n');
  });

  test('keeps lines in a buffer until it is full', async () => {
    const write = silent.open(file('buffered.log', { size: 10, flush: 0, gzip: 0 }));
    write('1234');
    write('1234');
    await turn();
    expect(content('buffered.log')).toBe('');
    write('5');
    expect(content('buffered.log')).toBe('1234\n1234\n');
    write('a line longer than the buffer');
    expect(content('buffered.log')).toBe('1234\n1234\n5\na line longer than the buffer\n');
  });

  test('writes a buffer out after the flush time, compressed if asked to', async () => {
    const write = silent.open(file('flushed.gz', { size: 1000, flush: 10, gzip: 1 }));
    write('one');
    await expect.poll(() => statSync(join(folder, 'flushed.gz')).size).toBeGreaterThan(0);
    write('two');
    silent.flush();
    expect(gunzipSync(readFileSync(join(folder, 'flushed.gz'))).toString()).toBe('one\ntwo\n');
  });

  test('loses nothing at the end', async () => {
    const logs = new AccessLogs(() => {});
    logs.open(file('end.log', { size: 1000, flush: 1000, gzip: 0 }))('buffered');
    logs.open(file('end2.log'))('not yet written');
    await logs.close();
    expect(content('end.log') + content('end2.log')).toBe('buffered\nnot yet written\n');
  });

  test('follows a rotation when told to', () => {
    const write = silent.open(file('rotated.log'));
    write('before');
    silent.flush();
    renameSync(join(folder, 'rotated.log'), join(folder, 'rotated.log.1'));
    silent.reopen();
    write('after');
    silent.flush();
    expect([content('rotated.log.1'), content('rotated.log')]).toEqual(['before\n', 'after\n']);
  });

  test('tells why a log cannot be opened, as nginx does', () => {
    expect(() => silent.open(file('missing/x.log'))).toThrow(
      `open() "${join(folder, 'missing/x.log')}" failed (2: No such file or directory)`,
    );
  });

  test('keeps open the paths with variables that are used often, and lets the least used go', () => {
    mkdirSync(join(folder, 'dir'));
    const limits = { max: 3, inactive: 20, valid: 60, minUses: 2 };
    const write = (name: string): string | null => silent.writeTo(join(folder, 'dir', name), limits, 'x');
    for (const name of ['lru', 'lru', 'once', 'first', 'first', 'second', 'second']) write(name);
    renameSync(join(folder, 'dir'), join(folder, 'moved'));
    expect(write('lru')).toMatch(/^open\(\) ".*" failed \(2: No such file or directory\)$/);
    expect([write('once'), write('first'), write('second')].map((error) => error === null)).toEqual([
      false,
      true,
      true,
    ]);
    const lines = (name: string): number =>
      readFileSync(join(folder, 'moved', name), 'latin1').split('\n').length - 1;
    expect(['lru', 'once', 'first', 'second'].map(lines)).toEqual([2, 1, 3, 3]);
  });

  test('opens a path that cannot be written no more than once', () => {
    const limits = { max: 3, inactive: 20, valid: 60, minUses: 1 };
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let count = 0; count < 5; count++)
      expect(silent.writeTo('/dev/full', limits, 'x')).toContain('(28: No space left on device)');
    expect(open()).toBe(before + 1);
  });

  test('opens a path with variables for each line without a cache', () => {
    expect(silent.writeTo(join(folder, 'var.log'), null, 'x')).toBeNull();
    renameSync(join(folder, 'var.log'), join(folder, 'var.log.1'));
    expect(silent.writeTo(join(folder, 'var.log'), null, 'y')).toBeNull();
    expect(existsSync(join(folder, 'var.log'))).toBe(true);
  });

  test('sends RFC 3164 frames over UDP', async () => {
    const server = createSocket('udp4');
    await new Promise<void>((done) => server.bind(0, '127.0.0.1', done));
    const received = new Promise<string>((done) =>
      server.once('message', (data) => done(data.toString('latin1'))),
    );
    const logs = new AccessLogs(() => {});
    const { port } = server.address();
    const syslog = { address: '127.0.0.1', port, facility: 23, severity: 6, tag: 'nginx', noHostname: false };
    logs.open({ kind: 'syslog', syslog })('GET /');
    await logs.close();
    expect(await received).toMatch(/^<190>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ nginx: GET \/$/);
    server.close();
  });
});

test('syslogFrame pads the day with a space and leaves the host name out if asked to', () => {
  const target = { address: '', port: 514, facility: 0, severity: 0, tag: 'x', noHostname: true };
  expect(syslogFrame(target, 7, new Date(2026, 1, 5, 7, 3, 2), 'host', 'text')).toBe(
    '<7>Feb  5 07:03:02 x: text',
  );
});
