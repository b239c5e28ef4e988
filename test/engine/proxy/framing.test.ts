import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../../src/engine/proxy/exchange.ts';
import { readFraming } from '../../../src/engine/proxy/framing.ts';

const framing = (lines: readonly (readonly [string, string])[], strict: boolean) => {
  const headers = lines.flatMap(([name, value]) => [name, name.toLowerCase(), value]);
  const exchange = { headers, status: 200, method: 'GET' } as unknown as Exchange;
  return { problem: readFraming(exchange, true, strict), exchange };
};

describe('lengths and codings of upstreams', () => {
  test.each([
    [
      [
        ['Content-Length', '3'],
        ['Content-Length', '3'],
      ],
      'upstream sent duplicate header line: "Content-Length: 3", previous value: "Content-Length: 3"',
    ],
    [
      [
        ['x-a', 'content-length'],
        ['content-length', '3'],
        ['content-length', '3'],
      ],
      'upstream sent duplicate header line: "content-length: 3", previous value: "content-length: 3"',
    ],
    [[['Content-Length', '-1']], 'upstream sent invalid "Content-Length" header: "Content-Length: -1"'],
    [
      [
        ['Content-Length', '3'],
        ['Transfer-Encoding', 'chunked'],
      ],
      'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time',
    ],
  ] as const)('%j is refused since 1.23.0, and was taken before', (lines, problem) => {
    expect(framing(lines, true).problem).toBe(problem);
    expect(framing(lines, false).problem).toBeNull();
  });

  test('before 1.23.0 a malformed length was none', () => {
    expect(framing([['Content-Length', 'x']], false).exchange.contentLength).toBe(-1);
    expect(framing([['Transfer-Encoding', 'gzip']], false).exchange.chunked).toBe(false);
  });
});
