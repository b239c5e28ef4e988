/**
 * One connection that much passes through, in a process of its own: `node transfer.ts '{"port":…,"kind":"download"|"upload"|
 * "requests",…}'`. Ends with code 0 when all has come as it should.
 */

import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Transfer {
  readonly port: number;
  readonly kind: 'download' | 'upload' | 'requests';
  readonly path: string;
  /** Bytes of the body, or number of requests. */
  readonly count: number;
  /** Milliseconds in which a download is not read, after its first bytes. */
  readonly pause: number;
}

const { port, kind, path, count, pause } = JSON.parse(process.argv[2] ?? '') as Transfer;
const block = Buffer.alloc(65_536, 'x');

/** Takes an answer apart: gives the bytes of the body that came with the head, and its whole length. */
function readHead(bytes: Buffer): { here: number; length: number } {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const length = /\r\nContent-Length: (\d+)/i.exec(text);
  if (end < 0 || length === null || !text.startsWith('HTTP/1.1 200'))
    throw new Error(`unexpected answer: ${text.slice(0, 500)}`);
  return { here: bytes.length - end - 4, length: Number(length[1]) };
}

function download(socket: Socket): void {
  let got = -1;
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  socket.on('data', (bytes: Buffer) => {
    if (got < 0) {
      const { here, length } = readHead(bytes);
      if (length !== count) throw new Error(`${length} bytes instead of ${count}`);
      got = here;
      if (pause > 0) {
        socket.pause();
        setTimeout(() => socket.resume(), pause);
      }
    } else got += bytes.length;
    if (got === count) process.exit(0);
  });
}

function upload(socket: Socket): void {
  let sent = 0;
  let answered = false;
  const more = (): void => {
    while (sent < count) {
      const part = block.subarray(0, Math.min(block.length, count - sent));
      sent += part.length;
      if (!socket.write(part)) {
        socket.once('drain', more);
        return;
      }
    }
    if (answered) process.exit(0);
  };
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${count}\r\n\r\n`);
  more();
  socket.on('data', (bytes: Buffer) => {
    // A body that nobody wants is answered before it has come; it has to be taken all the same.
    readHead(bytes);
    answered = true;
    if (sent === count) process.exit(0);
  });
}

function requests(socket: Socket): void {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  let done = 0;
  let left = 0;
  socket.write(request);
  socket.on('data', (bytes: Buffer) => {
    if (left === 0) {
      const { here, length } = readHead(bytes);
      left = length - here;
    } else left -= bytes.length;
    if (left > 0) return;
    if (++done === count) process.exit(0);
    socket.write(request);
  });
}

const socket = connect(port, '127.0.0.1', () => ({ download, upload, requests })[kind](socket));
socket.setNoDelay(true);
socket.on('close', () => {
  throw new Error('the connection was closed');
});
