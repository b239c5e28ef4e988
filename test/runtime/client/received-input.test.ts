import { expect, test } from 'vitest';
import { ReceivedInput } from '../../../src/runtime/client/received-input.ts';

/** Gives the pieces one after the other; none of them makes the head whole. Returns the lengths at which it was worth trying. */
function tried(input: ReceivedInput, pieces: readonly string[]): number[] {
  const lengths: number[] = [];
  for (const piece of pieces) {
    input.append(Buffer.from(piece), 0, piece.length);
    if (!input.worthTrying) continue;
    lengths.push(input.length);
    input.headIncomplete();
  }
  return lengths;
}

test('a head that comes line by line is not parsed again for each of its lines', () => {
  const input = new ReceivedInput();
  expect(tried(input, Array<string>(10_000).fill('a:\n')).length).toBeLessThan(500);
});

test.each(['\n', '\r\n'])('a head is tried when its last line has come, byte by byte: %j', (end) => {
  const input = new ReceivedInput();
  tried(input, ['GET / HTTP/1.1\r\n', ...Array<string>(2000).fill('a:\r\n')]);
  const lengths = tried(input, [...`b:\r\n${end}`]);
  expect(lengths.at(-1)).toBe(input.length);
});

test('a long request line is tried when it has come, byte by byte', () => {
  const input = new ReceivedInput();
  const line = `GET /${'x'.repeat(3000)}\n`;
  expect(tried(input, [...line]).at(-1)).toBe(line.length);
});

test('a head behind another request is tried when the rest of it has come', () => {
  const input = new ReceivedInput();
  const long = `GET /${'x'.repeat(2000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const [begin, rest] = ['GET / HTTP/1.1\r\nHo', 'st: a\r\n\r\n'];
  input.append(Buffer.from(long + begin), 0, long.length + begin.length);
  input.headFound(long.length);
  expect(input.worthTrying).toBe(true);
  input.headIncomplete();
  input.append(Buffer.from(rest), 0, rest.length);
  expect(input.worthTrying).toBe(true);
});

test('empty lines before a head are not kept, but tell that something came', () => {
  const input = new ReceivedInput();
  tried(input, [...Array<string>(1000).fill('\r\n'.repeat(1000)), '\r']);
  expect(input.length).toBe(1);
  tried(input, ['\nGET / HT']);
  expect(input.text).toBe('\nGET / HT');
});
