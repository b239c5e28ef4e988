import { describe, expect, it } from 'vitest';
import { cgiStatus, readCgiHeaders, readProgramHead } from '../../../src/engine/gateways/cgi-head.ts';
import type { EngineContext } from '../../../src/engine/context.ts';
import type { Exchange } from '../../../src/engine/proxy/exchange.ts';

const cx = { rules: { reasonAdded: true } } as EngineContext;
const uncached = { entry: null, rawHead: '' } as Exchange;

describe('the head of a program', () => {
  it('is header lines up to an empty one', () => {
    expect(readCgiHeaders('A: b\r\nC:d\n\nrest')).toEqual({
      headers: ['A', 'a', 'b', 'C', 'c', 'd'],
      end: 11,
    });
    expect(readCgiHeaders('A: b\r\n')).toBeNull();
    expect(readCgiHeaders('A: b\n B: c\n\n')).toBe('upstream sent invalid header: "\\x20..."');
  });
  it('says its status, or where to go, or nothing of it', () => {
    expect(cgiStatus(['Status', 'status', '404 Gone Far'], true)).toEqual({
      status: 404,
      statusLine: '404 Gone Far',
    });
    expect(cgiStatus(['Status', 'status', '404'], true)).toEqual({ status: 404, statusLine: '' });
    expect(cgiStatus(['Status', 'status', '404'], false)).toEqual({ status: 404, statusLine: '404' });
    expect(cgiStatus(['Status', 'status', 'none'], true)).toBe('upstream sent invalid status "none"');
    expect(cgiStatus(['Location', 'location', '/'], true)).toMatchObject({ status: 302 });
    expect(cgiStatus([], true)).toEqual({ status: 200, statusLine: '200 OK' });
  });
  it('may begin with a status line, which counts more', () => {
    const head = readProgramHead(cx, uncached, 'HTTP/1.0 201 Made\r\nStatus: 404\r\n\r\nbody');
    expect(head).toMatchObject({ status: 201, statusLine: '201 Made', end: 34 });
    expect(readProgramHead(cx, uncached, 'HTT')).toBeNull();
    expect(readProgramHead(cx, uncached, 'HTTP/1.0 201 Made\r\nA b\r\n\r\n')).toMatch(
      /invalid header: "A\\x20/,
    );
  });
  it('passes over a status line that is none', () => {
    expect(readProgramHead(cx, uncached, 'HTTP/1.0 x\r\nStatus: 404\r\n\r\n')).toMatchObject({ status: 404 });
  });
  it('is kept as it came for a cache', () => {
    const exchange = { entry: {}, rawHead: '' } as Exchange;
    readProgramHead(cx, exchange, 'Status: 200\n\nbody');
    expect(exchange.rawHead).toBe('Status: 200\n\n');
  });
});
