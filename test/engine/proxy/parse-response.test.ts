import { expect, test } from 'vitest';
import { parseResponse } from '../../../src/engine/proxy/parse-response.ts';

test.each([
  ['X-A : 1', 'X-A\\x20'],
  ['X-A: b\0c', 'X-A: b\\x00'],
  ['X-A: b\rc', 'X-A: b\\x0d'],
  [': 1', '\\x3a'],
])('a header line %j is refused, and told up to the byte that is wrong', (line, shown) => {
  expect(parseResponse(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n`, 0)).toEqual({ invalid: shown });
});
