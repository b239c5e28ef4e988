import { describe, expect, it } from 'vitest';
import { connectionFailure } from '../../../src/runtime/upstream/failures.ts';

const peer = { name: '127.0.0.1:80', host: '127.0.0.1', port: 80, path: '' };
const socket = { name: 'unix:/run/x', host: '', port: 0, path: '/run/x' };
const system = (code: string, syscall: string): NodeJS.ErrnoException =>
  Object.assign(new Error(code), { code, syscall, errno: -1 });

describe('a connection to an upstream', () => {
  it.each([
    [system('ECONNREFUSED', 'connect'), 'connect() failed (111: Connection refused)'],
    [null, 'connect() failed (104: Connection reset by peer)'],
  ])('that cannot be opened: %s', (error, message) => {
    expect(connectionFailure({ connecting: true, tls: false, peer }, error)).toEqual({
      level: 'error',
      message,
      activity: null,
    });
  });
  it.each([
    ['ECONNREFUSED', 'error', 'connect() to unix:/run/x failed (111: Connection refused)'],
    ['ENOENT', 'crit', 'connect() to unix:/run/x failed (2: No such file or directory)'],
  ])('through a socket that says %s', (code, level, message) => {
    const failure = connectionFailure({ connecting: true, tls: true, peer: socket }, system(code, 'connect'));
    expect(failure).toEqual({ level, message, activity: null });
  });
  it('that is lost, in reading or in writing', () => {
    const lost = (syscall: string): string =>
      connectionFailure({ connecting: false, tls: false, peer }, system('ECONNRESET', syscall)).message;
    expect(lost('read')).toBe('recv() failed (104: Connection reset by peer)');
    expect(lost('write')).toBe('send() failed (104: Connection reset by peer)');
  });
});

it('a connection with TLS that is broken', () => {
  const broken = new Error('4:error:0A000119:SSL routines:f:decryption failed or bad record mac:x.c:1:\n');
  expect(connectionFailure({ connecting: false, tls: true, peer }, broken).message).toBe(
    'SSL_read() failed (SSL: error:0A000119:SSL routines::decryption failed or bad record mac)',
  );
});

describe('a handshake with an upstream', () => {
  const failed = (error: NodeJS.ErrnoException) =>
    connectionFailure({ connecting: true, tls: true, peer }, error);
  it('that the upstream breaks off', () => {
    const gone = Object.assign(new Error('Client network socket disconnected before …'), {
      code: 'ECONNRESET',
    });
    const activity = 'SSL handshaking to upstream';
    expect(failed(gone)).toEqual({
      level: 'error',
      message: 'peer closed connection in SSL handshake',
      activity,
    });
    expect(failed(system('ECONNRESET', 'read'))).toEqual({
      level: 'error',
      message: 'peer closed connection in SSL handshake (104: Connection reset by peer)',
      activity,
    });
    expect(failed(system('ECONNREFUSED', 'connect')).activity).toBeNull();
  });
  it.each([
    [
      '40939E:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/x.c:78:\n',
      '(SSL: error:0A00010B:SSL routines::wrong version number)',
    ],
    [
      '40939E:error:0A000410:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure:../deps/x.c:918:SSL alert number 40\n',
      '(SSL: error:0A000410:SSL routines::ssl/tls alert handshake failure:SSL alert number 40)',
    ],
    ['something else', '(something else)'],
  ])('that fails: %j', (text, said) => {
    expect(failed(new Error(text)).message).toBe(`SSL_do_handshake() failed ${said}`);
  });
});
