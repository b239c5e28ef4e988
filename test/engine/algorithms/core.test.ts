import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64Url } from '../../../src/engine/algorithms/base64.ts';
import { clientAddress, inCidr, parseCidr } from '../../../src/engine/algorithms/cidr.ts';
import { findPoint, hashRing } from '../../../src/engine/algorithms/consistent-hash.ts';
import { crc32 } from '../../../src/engine/algorithms/crc32.ts';
import {
  escapeUri,
  unescapeRedirect,
  unescapeUri,
  type EscapeKind,
} from '../../../src/engine/algorithms/escape-uri.ts';
import { parseHttpDate, printCookieDate, printHttpDate } from '../../../src/engine/algorithms/http-date.ts';
import { parseIpv4, parseIpv6, printIpv4, printIpv6 } from '../../../src/engine/algorithms/inet.ts';
import { murmurHash2 } from '../../../src/engine/algorithms/murmurhash2.ts';
import { NameTable } from '../../../src/engine/algorithms/name-table.ts';
import { PrefixTable } from '../../../src/engine/algorithms/prefix-table.ts';
// What nginx's own functions return for these inputs.
import recorded from './recorded-core.json' with { type: 'json' };

type Row<Value> = [string, Value];

describe('hashes', () => {
  it.each(recorded.murmur as Row<number>[])('murmurhash2 of %j', (text, hash) => {
    expect(murmurHash2(text)).toBe(hash);
  });
  it('computes CRC-32', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(crc32('')).toBe(0);
  });
  it('puts 160 points per weight on the ring, in order', () => {
    const ring = hashRing([
      { server: '127.0.0.1:8081', weight: 1 },
      { server: 'unix:/tmp/a', weight: 2 },
    ]);
    expect(ring.hashes.length).toBe(480);
    expect([...ring.hashes]).toEqual([...ring.hashes].sort((left, right) => left - right));
    expect(findPoint(ring, 0)).toBe(0);
    expect(findPoint(ring, ring.hashes[7]!)).toBe(7);
    expect(findPoint(ring, 0xffffffff)).toBe(480);
  });
});

describe('addresses', () => {
  it.each(recorded.inet6 as Row<string | null>[])('IPv6 %j is %j', (text, printed) => {
    const bytes = parseIpv6(text);
    expect(bytes && printIpv6(bytes)).toBe(printed);
  });
  it.each(recorded.inet4 as Row<number | null>[])('IPv4 %j is %j', (text, address) => {
    expect(parseIpv4(text)).toBe(address);
  });
  it('prints IPv4', () => {
    expect(printIpv4(parseIpv4('192.0.2.200')!)).toBe('192.0.2.200');
  });
});

describe('networks', () => {
  const inside = (address: string, network: string): boolean =>
    inCidr(clientAddress(address)!, parseCidr(network)!.cidr);
  it('contain their addresses', () => {
    expect(inside('10.1.2.3', '10.0.0.0/8')).toBe(true);
    expect(inside('11.1.2.3', '10.0.0.0/8')).toBe(false);
    expect(inside('200.1.2.3', '0.0.0.0/0')).toBe(true);
    expect(inside('2001:db8::1', '2001:db8::/32')).toBe(true);
    expect(inside('2001:db9::1', '2001:db8::/31')).toBe(true);
    expect(inside('::ffff:10.0.0.1', '10.0.0.0/8')).toBe(true);
    expect(inside('10.0.0.1', '::/0')).toBe(false);
  });
  it('notices low bits and refuses nonsense', () => {
    expect(parseCidr('10.0.0.1/8')?.lowBits).toBe(true);
    expect(parseCidr('10.0.0.0/8')?.lowBits).toBe(false);
    expect(parseCidr('10.0.0.0/33')).toBeNull();
    expect(parseCidr('10.0.0.0/x')).toBeNull();
    expect(parseCidr('localhost')).toBeNull();
  });
  it('give the value of the longest one', () => {
    const table = new PrefixTable<string>();
    table.set(parseIpv4('10.0.0.0')!, 8, 'a');
    table.set(parseIpv4('10.1.0.0')!, 16, 'b');
    table.set(parseIpv6('::')!, 0, 'six');
    expect(table.find(parseIpv4('10.1.2.3')!)).toBe('b');
    expect(table.find(parseIpv4('10.2.2.3')!)).toBe('a');
    expect(table.find(parseIpv4('1.1.1.1')!)).toBeUndefined();
    expect(table.find(parseIpv6('2001::1')!)).toBe('six');
    expect(table.delete(parseIpv4('10.1.0.0')!, 16)).toBe(true);
    expect(table.find(parseIpv4('10.1.2.3')!)).toBe('a');
  });
});

describe('names', () => {
  const table = new NameTable<string>();
  for (const name of [
    'example.com',
    '*.example.com',
    '*.a.example.com',
    'www.*',
    'www.x.*',
    '.both.org',
    '*.org',
  ])
    table.add(name, name);
  it.each([
    ['example.com', 'example.com'],
    ['b.example.com', '*.example.com'],
    ['x.a.example.com', '*.a.example.com'],
    ['a.example.com', '*.example.com'],
    ['www.example.net', 'www.*'],
    ['www.x.net', 'www.x.*'],
    ['www.example.com', '*.example.com'],
    ['both.org', '.both.org'],
    ['a.both.org', '.both.org'],
    ['c.org', '*.org'],
    ['www', undefined],
    ['', undefined],
  ])('%j is found by %j', (name, found) => {
    expect(table.find(name)).toBe(found);
  });
  it('refuses a second of the same', () => {
    expect(table.add('example.com', 'again')).toBe(false);
    expect(table.add('.example.com', 'again')).toBe(false);
  });
});

describe('escaping', () => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
  const kinds: EscapeKind[] = ['uri', 'args', 'uri-component', 'html', 'refresh', 'memcached'];
  it.each(kinds.map((kind, index) => [kind, recorded.escape[index]!] as const))('for %s', (kind, text) => {
    expect(escapeUri(all, kind)).toBe(text);
  });
  it.each(recorded.unescape0 as Row<string>[])('decodes %j', (text, decoded) => {
    expect(unescapeUri(text)).toBe(decoded);
  });
  it.each(recorded.unescape2 as Row<string>[])('decodes the redirect %j', (text, decoded) => {
    expect(unescapeRedirect(text).decoded).toBe(decoded);
  });
});

describe('dates', () => {
  it.each(recorded.dates as Row<number | null>[])('%j', (text, seconds) => {
    expect(parseHttpDate(text)).toBe(seconds);
  });
  it('are printed', () => {
    expect(printHttpDate(1795363200)).toBe('Sun, 22 Nov 2026 16:00:00 GMT');
    expect(printCookieDate(1795363200)).toBe('Sun, 22-Nov-26 16:00:00 GMT');
    expect(printCookieDate(2145916555)).toBe('Thu, 31-Dec-37 23:55:55 GMT');
  });
});

describe('base64', () => {
  it('is read as nginx reads it', () => {
    expect(decodeBase64('Zm9v')).toBe('foo');
    expect(decodeBase64('Zm8=garbage')).toBe('fo');
    expect(decodeBase64('Zm8')).toBe('fo');
    expect(decodeBase64('Zm9vY')).toBeNull();
    expect(decodeBase64('Zm 8=')).toBeNull();
    expect(decodeBase64Url('_-8')).toBe('\xff\xef');
    expect(decodeBase64Url('/+8')).toBeNull();
  });
});
