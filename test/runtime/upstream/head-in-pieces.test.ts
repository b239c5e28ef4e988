import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Serving, Upstream } from '../support/serving.ts';

let serving: Serving;
let upstream: Upstream;
afterEach(async () => {
  await serving.close();
  upstream.close();
});

/** What a client gets of an answer that comes in these pieces. */
async function answer(pieces: readonly string[]): Promise<string> {
  upstream = await Upstream.start((socket) => {
    socket.setNoDelay(true);
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await turn();
      }
    })();
  });
  serving = await Serving.start(
    `proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 64k;
     server { listen 127.0.0.1:{{PORT}}; location / { proxy_pass http://127.0.0.1:${upstream.port}; } }`,
  );
  return serving.connect().send('GET / HTTP/1.0\r\n\r\n').readAll();
}

const start = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n';

test.each(['\r\n', '\n'])('a head that comes line by line is whole with its last one: %j', async (end) => {
  const lines = Array.from({ length: 1000 }, (_, number) => `X-${number}: 1${end}`);
  expect(await answer([start, ...lines, end, 'x'])).toMatch(/X-0: 1\r\n[^]*X-999: 1\r\n\r\nx$/);
});

test('a head that comes byte by byte is whole with its last one', async () => {
  expect(await answer([...`${start}X-Long: ${'y'.repeat(3000)}\r\n\r\nx`])).toMatch(/y{3000}\r\n\r\nx$/);
});
