import { describe, expect, it } from 'vitest';
import { conformingStatus, handshakeFaults, parseRequestHead } from '../../src/explain/handshake.ts';

const lines = [
  'GET /chat HTTP/1.1',
  'Host: example.com',
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];
const faultsOf = (changed: readonly string[]) =>
  handshakeFaults(parseRequestHead(`${changed.join('\r\n')}\r\n\r\n`));

describe('a handshake as a conforming server judges it', () => {
  it('has no fault with token lists in any case', () => {
    expect(faultsOf(lines)).toEqual([]);
    expect(faultsOf(lines.map((line) => line.replace('websocket', 'h2c, WebSocket')))).toEqual([]);
  });

  it.each([
    ['method', 0, 'POST /chat HTTP/1.1'],
    ['version', 0, 'GET /chat HTTP/1.0'],
    ['host', 1, 'Host: '],
    ['upgrade', 2, 'Upgrade: websockets'],
    ['connection', 3, 'Connection: close'],
    ['key', 4, 'Sec-WebSocket-Key: dGhlIHNhbXBsZQ=='],
    ['key', 4, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR=='],
    ['ws-version', 5, 'Sec-WebSocket-Version: 8'],
  ])('has the fault %s when line %i is «%s»', (fault, index, line) => {
    expect(faultsOf(lines.with(index, line))).toEqual([fault]);
  });

  it('counts two lines of what may come once as a fault', () => {
    expect(faultsOf([...lines, 'Host: example.com', lines[4]!, lines[5]!])).toEqual([
      'host',
      'key',
      'ws-version',
    ]);
  });

  it('is answered with 426 when it never asked, with 400 when it asked wrongly', () => {
    const plain = parseRequestHead('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(conformingStatus(plain, handshakeFaults(plain))).toBe(426);
    const wrong = parseRequestHead('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n');
    expect(conformingStatus(wrong, handshakeFaults(wrong))).toBe(400);
  });
});
