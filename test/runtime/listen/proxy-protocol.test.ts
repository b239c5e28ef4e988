import { describe, expect, test } from 'vitest';
import { readProxyHeader } from '../../../src/runtime/listen/proxy-protocol.ts';

const text = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');
const signature = '\r\n\r\n\0\r\nQUIT\n';

function version2(command: number, family: number, payload: number[]): Buffer {
  const head = [...text(signature), command, family, payload.length >> 8, payload.length & 0xff];
  return Buffer.from([...head, ...payload]);
}

const inet = [192, 0, 2, 1, 192, 0, 2, 2, 0x04, 0xd2, 0x16, 0x2e];

describe('readProxyHeader', () => {
  test('reads version 1', () => {
    const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 1234 5678\r\n';
    expect(readProxyHeader(text(`${header}GET / HTTP/1.0\r\n`))).toEqual({
      kind: 'header',
      length: header.length,
      info: {
        sourceAddress: '192.0.2.1',
        sourcePort: 1234,
        destinationAddress: '192.0.2.2',
        destinationPort: 5678,
        tlvs: new Map(),
      },
    });
  });

  test('takes UNKNOWN as no information', () => {
    expect(readProxyHeader(text('PROXY UNKNOWN whatever\r\nGET'))).toEqual({
      kind: 'header',
      length: 24,
      info: null,
    });
  });

  test.each([
    'GET / HTTP/1.1\r\n',
    'PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n',
    'PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n',
    'PROXY TCP4 1.2.3.4 x 1 2\r\n',
    `PROXY TCP4 ${'1'.repeat(120)}`,
  ])('refuses %j as nginx words it', (bytes) => {
    const line = bytes.slice(0, 107).replace(/[\r\n][^]*/, '');
    expect(readProxyHeader(text(bytes))).toEqual({ kind: 'broken', message: `broken header: "${line}"` });
  });

  test('reads version 2 with TLVs', () => {
    const header = version2(0x21, 0x11, [...inet, 0x01, 0, 2, 104, 50, 0xe0, 0, 1, 7, 0x01, 0, 1, 9]);
    const read = readProxyHeader(Buffer.concat([header, text('rest')]));
    expect(read).toMatchObject({ kind: 'header', length: header.length });
    if (read.kind !== 'header') throw new Error(read.kind);
    expect(read.info).toEqual({
      sourceAddress: '192.0.2.1',
      sourcePort: 1234,
      destinationAddress: '192.0.2.2',
      destinationPort: 5678,
      tlvs: new Map([
        [1, 'h2'],
        [0xe0, '\x07'],
      ]),
    });
  });

  test('reads version 2 for IPv6', () => {
    const address = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1];
    const read = readProxyHeader(version2(0x21, 0x21, [...address, ...address, 0, 80, 1, 0]));
    expect(read).toMatchObject({
      info: { sourceAddress: '2001:db8::1', sourcePort: 80, destinationPort: 256 },
    });
  });

  test.each([
    ['LOCAL', version2(0x20, 0x11, inet)],
    ['datagrams', version2(0x21, 0x12, inet)],
    ['unix sockets', version2(0x21, 0x31, inet)],
  ])('skips %s', (_name, header) => {
    expect(readProxyHeader(header)).toEqual({ kind: 'header', length: header.length, info: null });
  });

  test('refuses other versions', () => {
    expect(readProxyHeader(version2(0x31, 0x11, inet))).toEqual({
      kind: 'broken',
      message: 'unknown PROXY protocol version: 3',
    });
  });

  test.each([
    ['version 1', text('PROXY TCP4 192.0.2.1 192.0.2.2 1234 5678\r\n')],
    ['version 2', version2(0x21, 0x11, [...inet, 1, 0, 1, 5])],
  ])('waits for the rest of %s at every length', (_name, header) => {
    for (let length = 0; length < header.length; length++)
      expect(readProxyHeader(header.subarray(0, length)), `${length} bytes`).toEqual({ kind: 'incomplete' });
    expect(readProxyHeader(header).kind).toBe('header');
  });
});
