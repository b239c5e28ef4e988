import { describe, expect, it } from 'vitest';
import {
  formatAddress,
  formatSocket,
  parseAddressPort,
  parseCidr,
  parseInet,
  parseInet6,
} from '../../src/nginx/values/address.ts';
import { parseFixedPoint, parseNumber } from '../../src/nginx/values/number.ts';
import { parseOffset, parseSize } from '../../src/nginx/values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../src/text/time.ts';

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['65535', 65535],
    ['9223372036854775807', 9223372036854775807],
    ['9223372036854775808', null],
    ['', null],
    ['-1', null],
    ['1x', null],
  ])('reads %j as %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('scales decimal fractions', () => {
    expect(parseFixedPoint('0.5', 2)).toBe(50);
    expect(parseFixedPoint('100', 2)).toBe(10000);
    expect(parseFixedPoint('1.234', 2)).toBeNull();
  });
});

describe('sizes', () => {
  it.each([
    ['10', 10, 10],
    ['1k', 1024, 1024],
    ['8M', 8388608, 8388608],
    ['1g', null, 1073741824],
    ['k', null, null],
    ['1kk', null, null],
    ['', null, null],
  ])('reads %j as size %j and offset %j', (text, size, offset) => {
    expect(parseSize(text)).toBe(size);
    expect(parseOffset(text)).toBe(offset);
  });
});

describe('times', () => {
  it.each([
    ['30', 30, 30_000],
    ['1m', 60, 60_000],
    ['1d 12h', 129_600, 129_600_000],
    ['1m30', 90, 90_000],
    ['500ms', null, 500],
    ['1y', 31_536_000, null],
    ['1s1m', null, null],
    ['1h1h', null, null],
    ['', null, null],
    ['s', null, null],
    ['1.5s', null, null],
  ])('reads %j as %j seconds and %j milliseconds', (text, seconds, milliseconds) => {
    expect(parseSeconds(text)).toBe(seconds);
    expect(parseMilliseconds(text)).toBe(milliseconds);
  });
});

describe('addresses', () => {
  it('reads dotted quads but not the broadcast address', () => {
    expect(parseInet('127.0.0.1')).toBe(0x7f000001);
    expect(parseInet('255.255.255.255')).toBeNull();
    expect(parseInet('1.2.3')).toBeNull();
    expect(parseInet('1.2.3.256')).toBeNull();
  });

  it.each([
    ['::1', '::1'],
    ['::', '::'],
    ['2001:db8::1', '2001:db8::1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ])('reads and prints %j', (text, printed) => {
    const bytes = parseInet6(text);
    expect(bytes).not.toBeNull();
    expect(formatAddress(bytes!)).toBe(printed);
  });

  it.each(['1::2::3', '1:2:3:4:5:6:7', 'g::', '12345::', ''])('refuses %j', (text) => {
    expect(parseInet6(text)).toBeNull();
  });

  it('takes ports with brackets around IPv6', () => {
    expect(parseAddressPort('[::1]:80')?.port).toBe(80);
    expect(parseAddressPort('127.0.0.1:8080')?.port).toBe(8080);
    expect(parseAddressPort('127.0.0.1:0')).toBeNull();
    expect(parseAddressPort('name:80')).toBeNull();
    expect(formatSocket([0, 0, 0, 0], 80)).toBe('0.0.0.0:80');
  });

  it('tells masks whose low bits mean nothing', () => {
    expect(parseCidr('192.168.0.0/16')).toMatchObject({ bits: 16, lowBits: false });
    expect(parseCidr('192.168.1.0/16')).toMatchObject({ lowBits: true, address: [192, 168, 0, 0] });
    expect(parseCidr('::1')).toMatchObject({ bits: 128 });
    expect(parseCidr('10.0.0.0/33')).toBeNull();
  });
});
