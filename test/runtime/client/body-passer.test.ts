import { expect, it } from 'vitest';
import { BodyPasser } from '../../../src/runtime/client/body-passer.ts';
import { chunkedBody, plainBody } from '../../../src/runtime/upstream/body-framing.ts';
import type { PassRules } from '../../../src/runtime/client/body-passer.ts';
import type { ByteStream } from '../../../src/runtime/socket/byte-stream.ts';

/** Passes the pieces on; gives what was written, write by write, and what each piece led to. */
function pass(rules: Partial<PassRules>, ...pieces: string[]): { writes: string[]; progress: unknown[] } {
  const writes: string[] = [];
  const upstream = {
    write: (data: string) => writes.push(data) > 0,
    forward: (prefix: string, bytes: Buffer, start: number, end: number, suffix: string) =>
      writes.push(prefix + bytes.toString('latin1', start, end) + suffix) > 0,
  } as unknown as ByteStream;
  const passer = new BodyPasser(upstream, {
    contentLength: -1,
    maxSize: 0,
    bareLineFeeds: false,
    framing: chunkedBody,
    ...rules,
  });
  const progress = pieces.map((piece) => passer.push(Buffer.from(piece, 'latin1'), 0, piece.length));
  return { writes, progress };
}

it('passes on what came together by one write, with the end of a chunked body', () => {
  expect(pass({}, '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET')).toEqual({
    writes: ['5\r\nabcde\r\n0\r\n\r\n'],
    progress: ['done'],
  });
  expect(pass({}, '3\r\nab', 'c\r\n', '0\r\n\r\n')).toEqual({
    writes: ['2\r\nab\r\n', '1\r\nc\r\n', '0\r\n\r\n'],
    progress: ['more', 'more', 'done'],
  });
  expect(pass({ contentLength: 5, framing: plainBody }, 'abc', 'deGET')).toEqual({
    writes: ['abc', 'de'],
    progress: ['more', 'done'],
  });
});

it('gives no end to a body that is too large or malformed', () => {
  expect(pass({ maxSize: 4 }, '3\r\nabc\r\n', '2\r\nde\r\n0\r\n\r\n')).toEqual({
    writes: ['3\r\nabc\r\n'],
    progress: ['more', 413],
  });
  expect(pass({}, '3\r\nabcd')).toEqual({ writes: ['3\r\nabc\r\n'], progress: [400] });
});
