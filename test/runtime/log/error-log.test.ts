import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorLine, requestContext } from '../../../src/runtime/log/error-line.ts';
import { ErrorLogs, type ErrorLogTarget } from '../../../src/runtime/log/error-log.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwright-error-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const to = (name: string, level: ErrorLogTarget['level']): ErrorLogTarget => ({
  to: { kind: 'file', path: join(folder, name) },
  level,
});
const content = (name: string): string => readFileSync(join(folder, name), 'latin1');

describe('ErrorLogs', () => {
  test('writes each message to the destinations that take its level, at once', () => {
    const logger = new ErrorLogs(7).logger([to('info', 'info'), to('error', 'error')]);
    logger.write('warn', 'careful', 3);
    logger.write('crit', 'broken');
    logger.write('debug', 'unseen');
    expect(content('info')).toMatch(
      /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[warn\] 7#7: \*3 careful\n.{19} \[crit\] 7#7: broken\n$/,
    );
    expect(content('error')).toMatch(/^.{19} \[crit\] 7#7: broken\n$/);
    expect([logger.takes('info'), logger.takes('debug')]).toEqual([true, false]);
  });

  test('writes messages of debugged connections whatever the level is', () => {
    const logger = new ErrorLogs(7).logger([to('always', 'alert')]);
    logger.write('debug', 'unseen', 3);
    logger.write('debug', 'seen', 4, true);
    expect(content('always')).toMatch(/^.{19} \[debug\] 7#7: \*4 seen\n$/);
  });

  test('writes twice to a file that is named twice', () => {
    const logger = new ErrorLogs(7).logger([to('twice', 'error'), to('twice', 'error')]);
    logger.write('error', 'x');
    expect(content('twice').split('\n')).toHaveLength(3);
  });

  test('a file that cannot be opened again stays as it is, and the others follow', () => {
    const logs = new ErrorLogs(7);
    mkdirSync(join(folder, 'gone'));
    const logger = logs.logger([to('gone/log', 'error'), to('stays', 'error')]);
    renameSync(join(folder, 'gone'), join(folder, 'gone.1'));
    renameSync(join(folder, 'stays'), join(folder, 'stays.1'));
    expect(logs.reopen()).toEqual([
      `open() "${join(folder, 'gone/log')}" failed (2: No such file or directory)`,
    ]);
    logger.write('error', 'after');
    expect([content('gone.1/log'), content('stays')]).toEqual([
      expect.stringContaining('after'),
      expect.stringContaining('after'),
    ]);
  });

  test('follows a rotation when told to', () => {
    const logs = new ErrorLogs(7);
    const logger = logs.logger([to('rotated', 'error')]);
    renameSync(join(folder, 'rotated'), join(folder, 'rotated.1'));
    logs.reopen();
    logger.write('error', 'after');
    expect([content('rotated.1'), content('rotated').includes('after')]).toEqual(['', true]);
  });

  test('says why a log cannot be opened, as nginx does', () => {
    expect(() => new ErrorLogs(7).logger([to('missing/x', 'error')])).toThrow(
      /^open\(\) ".*missing\/x" failed \(2: No such file or directory\)$/,
    );
  });
});

test('errorLine keeps what the system said where a message is too long for it', () => {
  const said = ' (36: File name too long), client: 127.0.0.1, server: localhost';
  const line = errorLine('2026/11/22 16:05:09', 'error', 7, 0, `open() "${'x'.repeat(2500)}" failed${said}`);
  expect(line).toHaveLength(2048);
  expect(line).toMatch(/xxx\.\.\. \(36: File name too long\), client: 127\.0/);
  expect(line.indexOf('...')).toBe(1998);
});

test('errorLine cuts at 2048 bytes', () => {
  const line = errorLine('2026/11/22 16:05:09', 'error', 7, 0, 'x'.repeat(3000));
  expect([line.length, line.endsWith('x\n')]).toEqual([2048, true]);
});

describe('requestContext', () => {
  test('says what nginx says of a request', () => {
    const text = requestContext({
      client: '127.0.0.1',
      action: 'connecting to upstream',
      server: 'localhost',
      requestLine: 'GET / HTTP/1.1',
      upstream: 'http://127.0.0.1:8081/',
      host: 'localhost',
    });
    expect(text).toBe(
      ' while connecting to upstream, client: 127.0.0.1, server: localhost, request: "GET / HTTP/1.1", upstream: "http://127.0.0.1:8081/", host: "localhost"',
    );
  });

  test('names the listening address while there is no request', () => {
    expect(requestContext({ client: '127.0.0.1', listening: '0.0.0.0:80' })).toBe(
      ', client: 127.0.0.1, server: 0.0.0.0:80',
    );
  });
});
