import { describe, expect, test } from 'vitest';
import type { DnsRecord } from '../../../src/runtime/resolver/message.ts';
import { resolveService, serviceName } from '../../../src/runtime/resolver/service.ts';

const record = (value: string, priority: number, weight: number, port: number): DnsRecord => ({
  name: '_http._tcp.a.example',
  type: 33,
  ttl: 5,
  value,
  priority,
  weight,
  port,
});

/** A resolver that knows the records of one service and the addresses (or an error) of hosts; answers hold 5 and 3 seconds. */
function look(records: readonly DnsRecord[], hosts: Record<string, readonly string[] | string>) {
  const asked: string[] = [];
  let answer: unknown[] = [];
  resolveService(
    {
      failureValid: 10,
      resolveService(name, _timeout, done) {
        asked.push(name);
        done('', records, 5);
        return () => {};
      },
      resolve(name, _timeout, done) {
        const found = hosts[name]!;
        if (typeof found === 'string') done(found, [], 10);
        else done('', found, 3);
        return () => {};
      },
    },
    { name: 'a.example', service: 'http' },
    1000,
    (...result) => (answer = result),
  );
  return { asked, error: answer[0], addresses: answer[1], valid: answer[2], failures: answer[3] };
}

describe('a service', () => {
  test.each([
    ['http', '_http._tcp.a.example'],
    ['_x._udp', '_x._udp.a.example'],
  ])('%s has its records at %s', (service, name) => {
    expect(serviceName(service, 'a.example')).toBe(name);
  });

  test('runs on the addresses of its hosts, with their ports and weights; worse priorities are spare', () => {
    const { asked, addresses, valid } = look([record('one', 1, 5, 81), record('two', 2, 6, 82)], {
      one: ['127.0.0.1', '::1'],
      two: ['127.0.0.2'],
    });
    expect(asked).toEqual(['_http._tcp.a.example']);
    expect(addresses).toEqual([
      { address: '127.0.0.1', name: 'one', port: 81, weight: 5, spare: false },
      { address: '::1', name: 'one', port: 81, weight: 5, spare: false },
      { address: '127.0.0.2', name: 'two', port: 82, weight: 6, spare: true },
    ]);
    expect(valid).toBe(3);
  });

  test('goes on without a host that cannot be found, and says so', () => {
    const { error, addresses, failures } = look([record('one', 1, 5, 81), record('two', 2, 6, 82)], {
      one: 'Server failure',
      two: ['127.0.0.2'],
    });
    expect(error).toBe('');
    expect(addresses).toEqual([{ address: '127.0.0.2', name: 'two', port: 82, weight: 6, spare: false }]);
    expect(failures).toEqual([
      'one could not be resolved (2: Server failure) while resolving service http of a.example',
    ]);
  });

  test('without any address is not found when a host is not, and fails otherwise', () => {
    const records = [record('one', 1, 1, 81), record('two', 1, 1, 82)];
    expect(look(records, { one: 'Server failure', two: 'Host not found' }).error).toBe('Host not found');
    expect(look(records, { one: 'Server failure', two: 'Server failure' }).error).toBe('Server failure');
  });
});
