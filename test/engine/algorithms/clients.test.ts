import { describe, expect, it } from 'vitest';
import { parseAddressPort, printIp } from '../../../src/engine/algorithms/address-port.ts';
import { clientAddress, parseCidr } from '../../../src/engine/algorithms/cidr.ts';
import { forwardedAddress } from '../../../src/engine/algorithms/forwarded-address.ts';
import { geoTable } from '../../../src/engine/algorithms/geo-table.ts';
import { NameTable } from '../../../src/engine/algorithms/name-table.ts';
import { RangeTable } from '../../../src/engine/algorithms/range-table.ts';
import { isValidReferer, type ValidReferers } from '../../../src/engine/algorithms/referer.ts';
import { splitClients } from '../../../src/engine/algorithms/split-clients.ts';

describe('addresses with ports', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4', 0],
    ['1.2.3.4:80', '1.2.3.4', 80],
    ['::1', '::1', 0],
    ['[::1]', '::1', 0],
    ['[::1]:443', '::1', 443],
  ])('%s', (text, address, port) => {
    const found = parseAddressPort(text)!;
    expect([printIp(found.address), found.port]).toEqual([address, port]);
  });
  it.each(['', 'a', '1.2.3.4:0', '1.2.3.4:65536', '1.2.3.4:x', '[::1', '[::1]x', '[::1]:'])(
    '%j is none',
    (text) => {
      expect(parseAddressPort(text)).toBeNull();
    },
  );
});

describe('forwarded addresses', () => {
  const trusted = ['127.0.0.1', '10.0.0.0/8'].map((text) => parseCidr(text)!.cidr);
  const from = (lines: string[], recursive: boolean, sender = '127.0.0.1'): string | null => {
    const found = forwardedAddress(clientAddress(sender)!, lines, { trusted, recursive });
    return found && printIp(found.address);
  };
  it('are the last in the list', () => {
    expect(from(['192.0.2.1, 198.51.100.7'], false)).toBe('198.51.100.7');
    expect(from(['192.0.2.1, 10.0.0.1'], false)).toBe('10.0.0.1');
    expect(from(['192.0.2.1,198.51.100.7 , '], false)).toBe('198.51.100.7');
  });
  it('are searched behind trusted ones when recursive', () => {
    expect(from(['192.0.2.1, 10.0.0.1'], true)).toBe('192.0.2.1');
    expect(from(['192.0.2.1, 198.51.100.7, 10.0.0.1'], true)).toBe('198.51.100.7');
    expect(from(['10.0.0.3', '10.0.0.2', '10.0.0.1'], true)).toBe('10.0.0.3');
    expect(from(['192.0.2.1', '10.0.0.1'], true)).toBe('192.0.2.1');
    expect(from(['192.0.2.1', '198.51.100.7'], true)).toBe('198.51.100.7');
  });
  it('are not believed from strangers, nor when they are none', () => {
    expect(from(['192.0.2.1'], true, '192.0.2.200')).toBeNull();
    expect(from(['unknown'], true)).toBeNull();
    expect(from(['unknown, 10.0.0.1'], true)).toBe('10.0.0.1');
    expect(from([''], true)).toBeNull();
    expect(from([], true)).toBeNull();
  });
  it('are none behind a list that begins with a separator', () => {
    expect(from([',192.0.2.1'], true)).toBeNull();
    expect(from([', 192.0.2.1'], true)).toBe('192.0.2.1');
    expect(from([' , '], true)).toBeNull();
  });
  it('are looked for once in a long list', () => {
    const started = performance.now();
    expect(from([`192.0.2.1${' '.repeat(100_000)}x`], true)).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('geo', () => {
  const networks = geoTable(
    [
      { network: '127.0.0.0/8', value: 'local' },
      { network: '127.0.0.1', value: 'loopback' },
      { network: '127.0.0.2', value: 'gone' },
      { network: '127.0.0.2', value: null },
      { network: '::1', value: 'six' },
      { network: '255.255.255.255', value: 'nowhere' },
    ],
    'world',
    false,
  );
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.0.0.2', 'local'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::1', 'six'],
    ['::2', 'world'],
    ['1.1.1.1', 'world'],
    ['unix:', 'nowhere'],
    ['garbage', 'nowhere'],
  ])('%s is in %s', (address, value) => {
    expect(networks(clientAddress(address))).toBe(value);
  });

  const ranges = geoTable(
    [
      { network: '10.0.0.0-10.0.255.255', value: 'outer' },
      { network: '10.0.0.10-10.0.0.20', value: 'inner' },
      { network: '10.2.0.0-10.2.0.1', value: 'gone' },
      { network: '10.2.0.0-10.2.0.1', value: null },
    ],
    'world',
    true,
  );
  it.each([
    ['10.0.0.9', 'outer'],
    ['10.0.0.10', 'inner'],
    ['10.0.0.20', 'inner'],
    ['10.0.0.21', 'outer'],
    ['10.1.0.0', 'world'],
    ['10.2.0.0', 'world'],
    ['::1', 'world'],
    ['::ffff:10.0.0.15', 'inner'],
  ])('%s is in range %s', (address, value) => {
    expect(ranges(clientAddress(address))).toBe(value);
  });
});

describe('ranges', () => {
  it('keep the parts around a later one', () => {
    const table = new RangeTable<string>();
    table.set(10, 20, 'a');
    table.set(10, 12, 'b');
    table.set(18, 20, 'c');
    table.set(0, 5, 'd');
    expect([0, 5, 6, 10, 12, 13, 17, 18, 20, 21].map((place) => table.find(place) ?? '-').join('')).toBe(
      'dd-bbaacc-',
    );
  });
});

describe('split_clients', () => {
  // nginx 1.22.1: split_clients $arg_k $v { 33.3% one; 0.1% two; 33.3% three; * rest; }
  const choose = splitClients([
    { percent: 3330, value: 'one' },
    { percent: 10, value: 'two' },
    { percent: 3330, value: 'three' },
    { percent: -1, value: 'rest' },
  ]);
  it('chooses by the hash of the key', () => {
    const chosen = Array.from({ length: 12 }, (_, index) => choose(`key${index}`));
    expect(chosen).toEqual([
      'three',
      'rest',
      'one',
      'rest',
      'rest',
      'rest',
      'one',
      'three',
      'rest',
      'three',
      'rest',
      'three',
    ]);
  });
  it('gives the last share what rounding leaves', () => {
    const all = splitClients([
      { percent: 3333, value: 'a' },
      { percent: 6667, value: 'b' },
    ]);
    for (let index = 0; index < 1000; index++) expect(all(String(index))).not.toBe('');
    expect(splitClients([])('x')).toBe('');
  });
});

describe('referers', () => {
  const hosts = new NameTable<string>();
  for (const [name, path] of [
    ['www.example.org', ''],
    ['*.example.com', ''],
    ['www.example.net', '/uri'],
    ['example.*', ''],
  ] as const)
    hosts.add(name, path);
  const valid: ValidReferers = {
    empty: false,
    none: false,
    blocked: true,
    hosts,
    patterns: [(text) => text.startsWith('www.example.uk/good')],
    hostPatterns: [(host) => host === 'name.server'],
  };
  it.each([
    ['http://www.example.org', true],
    ['https://WWW.example.ORG:8080/x', true],
    ['http://a.example.com/', true],
    ['http://www.example.net/uri/x', true],
    ['http://www.example.net/else', false],
    ['http://www.example.net', false],
    ['http://example.net', true],
    ['http://www.example.uk/good', true],
    ['http://name.server/', true],
    ['http://other.host/', false],
    ['http:/x', true],
    ['garbage', true],
  ])('%s', (referer, expected) => {
    expect(isValidReferer(referer, valid)).toBe(expected);
  });
  it('may be missing with none, and anything is valid without a list', () => {
    expect(isValidReferer(null, valid)).toBe(false);
    expect(isValidReferer(null, { ...valid, none: true })).toBe(true);
    expect(isValidReferer('x', { ...valid, blocked: false })).toBe(false);
    expect(isValidReferer('x', { ...valid, blocked: false, empty: true })).toBe(true);
  });
});
