import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPair, type Pair } from './side-by-side.ts';

/** Runs only when asked to (`npm run test:nginx`), because it needs an installed nginx. */
const wanted = process.env['HOPWRIGHT_NGINX'] === '1';

/** Requests as clients write them. */
export const handshake = (path: string, extra = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${extra}\r\n`;
export const get = (path: string, extra = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${extra}\r\n`;

/**
 * Sends each of the requests to nginx and to us, with these files, and compares what comes back and what reaches the backend. Groups run
 * side by side, as most of the time passes in waiting for silence; the requests of one come one after the other.
 */
export function sameAnswers(
  name: string,
  files: Readonly<Record<string, string>>,
  requests: Readonly<Record<string, string>>,
): void {
  describe.skipIf(!wanted)(name, { concurrent: true }, () => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await startPair(files);
    });
    afterAll(async () => {
      await pair?.close();
    });
    it.each(Object.entries(requests))('%s', { concurrent: false }, async (_, raw) => {
      const { nginx, hopwright } = await pair.ask(raw);
      expect(hopwright).toEqual(nginx);
    });
  });
}

/** One `http` block with one server that listens on the port. */
export const server = (body: string, http = ''): Record<string, string> => ({
  'nginx.conf': `events {}\nhttp {\n${http}\nserver {\nlisten 127.0.0.1:{{PORT}};\nserver_name localhost;\n${body}\n}\n}\n`,
});
