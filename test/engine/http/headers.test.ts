import { describe, expect, it } from 'vitest';
import { parseContentLength } from '../../../src/engine/http/content-length.ts';
import { headerInvalid, headerRefused, takeHeaderLine } from '../../../src/engine/http/headers.ts';

const headerTaken = 0;

function read(line: string, before = ''): [result: number, headers: string[]] {
  const headers: string[] = [];
  const text = `${before}${line}Next: a\r\nand \0 behind`;
  const end = text.indexOf('\n', before.length);
  return [
    takeHeaderLine(headers, text, before.length, end, false, text.indexOf('\0', before.length)),
    headers,
  ];
}

describe('a header line', () => {
  it.each([
    ['Host: a\r\n', ['Host', 'host', 'a']],
    ['host:a\r\n', ['host', 'host', 'a']],
    ['HOST:  a b  \r\n', ['HOST', 'host', 'a b']],
    ['Host: a\n', ['Host', 'host', 'a']],
    ['Host: a\r\r\n', ['Host', 'host', 'a']],
    ['Host:\r\n', ['Host', 'host', '']],
    ['Host:\n', ['Host', 'host', '']],
    ['Host\r\n', ['Host', 'host', '']],
    ['X-Any\n', ['X-Any', 'x-any', '']],
    ['Hosts: a\r\n', ['Hosts', 'hosts', 'a']],
    ['Hos: a\r\n', ['Hos', 'hos', 'a']],
    ['X-Any: a: b\r\n', ['X-Any', 'x-any', 'a: b']],
  ])('%j is name, lower-case name and value', (line, header) => {
    expect(read(line)).toEqual([headerTaken, header]);
    expect(read(line, 'before\0\r\n')).toEqual([headerTaken, header]);
  });

  it.each([
    'Host: a\rb\r\n',
    'Host: a\rb\n',
    'X: a\r \r\n',
    'Host: a\0\r\n',
    'X\0: a\r\n',
    ': a\r\n',
    'X y: a\r\n',
    'X\ry\r\n',
  ])('%j is refused', (line) => {
    expect(read(line)).toEqual([headerRefused, []]);
  });

  it('has a name that may be ignored when it has other bytes than letters, digits and hyphens', () => {
    expect(read('X_Y: a\r\n')).toEqual([headerInvalid, ['X_Y', 'x_y', 'a']]);
    expect(read('X.Y: a\r\n')).toEqual([headerInvalid, ['X.Y', 'x.y', 'a']]);
  });
});

it.each([
  ['0', 0],
  ['007', 7],
  ['123456789012345678', 123456789012345678],
  ['1234567890123456789', -1],
  ['', -1],
  ['+1', -1],
  ['1 ', -1],
  ['1a', -1],
])('a Content-Length of %j is %d', (text, length) => {
  expect(parseContentLength(text)).toBe(length);
});
