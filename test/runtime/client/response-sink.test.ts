import { expect, test } from 'vitest';
import { CapturingSink } from '../../../src/runtime/client/response-sink.ts';

test('a subrequest whose output is wanted may send subrequest_output_buffer_size', () => {
  const sink = new CapturingSink(() => 8);
  sink.text('1234');
  sink.bytes(Buffer.from('x5678x'), 1, 5);
  expect([sink.output, sink.overflown]).toEqual(['12345678', false]);
  sink.text('9');
  expect([sink.output, sink.overflown]).toEqual(['12345678', true]);
});
