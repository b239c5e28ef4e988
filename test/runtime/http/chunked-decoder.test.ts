import { describe, expect, it } from 'vitest';
import { ChunkedDecoder } from '../../../src/runtime/http/chunked-decoder.ts';
import type { ChunkedOptions, ChunkedResult } from '../../../src/runtime/http/chunked-decoder.ts';

const strict: ChunkedOptions = { bareLineFeeds: false, trailerLimit: 0 };

/** Decodes `input` cut into pieces of `size` bytes; tells the result, the data and what was left over. */
function decode(input: string, size = input.length, options = strict) {
  const decoder = new ChunkedDecoder(options);
  const bytes = Buffer.from(input, 'latin1');
  let data = '';
  let result: ChunkedResult = 'more';
  let used = 0;
  for (let at = 0; at < bytes.length && result === 'more'; at += size) {
    const end = Math.min(at + size, bytes.length);
    result = decoder.push(bytes, at, end, (piece, from, to) => {
      data += piece.toString('latin1', from, to);
    });
    used = decoder.consumed;
  }
  return { result, data, rest: input.slice(used), trailers: decoder.trailers };
}

describe('chunked framing', () => {
  const body = '5\r\nhello\r\n6;name="x"\r\n world\r\n0\r\n\r\n';

  it('is refused at the chunk with which it is too large', () => {
    const limited = { ...strict, bodyLimit: 10 };
    expect(decode(body.slice(0, body.indexOf(' world')), 100, limited)).toMatchObject({
      result: 'too-large',
      data: 'hello',
    });
    expect(decode(body, 100, { ...strict, bodyLimit: 11 }).result).toBe('done');
  });

  it.each([1, 2, 3, 5, 7, 100])('is taken off in pieces of %i bytes', (size) => {
    expect(decode(body, size)).toMatchObject({ result: 'done', data: 'hello world' });
  });

  it('leaves what follows the body', () => {
    expect(decode(`${body}GET / HTTP/1.1`)).toMatchObject({ result: 'done', rest: 'GET / HTTP/1.1' });
  });

  it('skips trailers', () => {
    expect(decode('1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\nrest', 1)).toMatchObject({ result: 'done', data: 'x' });
  });

  it.each([1, 4, 100])('keeps trailers in pieces of %i bytes where they are wanted', (size) => {
    const kept = decode('1\r\nx\r\n0\r\nA: b\r\n\r\n', size, { bareLineFeeds: false, trailerLimit: 100 });
    expect(kept).toMatchObject({ result: 'done', trailers: 'A: b\r\n\r\n', rest: '' });
  });

  it('refuses trailers beyond the limit', () => {
    const options = { bareLineFeeds: false, trailerLimit: 8 };
    expect(decode('0\r\nA: bcdefghijk\r\n\r\n', 4, options).result).toBe('too-big-trailers');
  });

  it.each(['g\r\n', '\r\n', '5\r\nhelloX', '5\n', '5\r\nhello\n', '0\r\n\n', 'ffffffffffffffffffff\r\n'])(
    'is malformed: %j',
    (input) => {
      expect(decode(input).result).toBe('invalid');
    },
  );

  it('may end lines with a lone LF before nginx 1.29.2', () => {
    const lenient = { bareLineFeeds: true, trailerLimit: 0 };
    expect(decode('5\nhello\n0\n\n', 1, lenient)).toMatchObject({ result: 'done', data: 'hello' });
  });
});
