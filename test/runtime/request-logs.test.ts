import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/engine/api.ts';
import { DebuggedConnections } from '../../src/runtime/request-logs.ts';

const from = (remoteAddress: string) => ({ remoteAddress }) as Connection;

describe('debug_connection', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['::1', '::1', true],
    ['unix:', 'unix:', true],
    ['unix:', '127.0.0.1', false],
  ])('%s and a client at %s: %s', (network, address, expected) => {
    const debugged = new DebuggedConnections([network]);
    const connection = from(address);
    debugged.add(connection);
    expect(debugged.has(connection)).toBe(expected);
  });

  test('keeps to the address that the connection came from', () => {
    const debugged = new DebuggedConnections(['127.0.0.1']);
    const connection = from('127.0.0.1');
    debugged.add(connection);
    connection.remoteAddress = '192.0.2.1';
    expect(debugged.has(connection)).toBe(true);
  });
});
