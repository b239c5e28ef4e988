/**
 * The upstream of the benchmarks, in a process of its own: `node backend.ts PORT`. A request with an `Upgrade` line gets a 101
 * and then its own bytes back; `GET /bytes/N` gets N bytes; anything else a small answer. Connections are kept open.
 */

import { createServer } from 'node:net';
import type { Socket } from 'node:net';

const body = 'hello from the backend, a small body of some length\n';
const small = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nX-Request-Id: 0123456789\r\nCache-Control: no-cache\r\n\r\n${body}`,
);
const switching = Buffer.from(
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
);
const block = Buffer.alloc(65_536, 'x');

function sendBytes(socket: Socket, count: number): void {
  let left = count;
  const more = (): void => {
    while (left > 0) {
      const part = left < block.length ? block.subarray(0, left) : block;
      left -= part.length;
      if (!socket.write(part)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${count}\r\n\r\n`);
  more();
}

function serve(socket: Socket): void {
  let head = '';
  let bodyLeft = 0;
  let tunnel = false;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data: Buffer) => {
    if (tunnel) {
      if (!socket.write(data)) {
        socket.pause();
        socket.once('drain', () => socket.resume());
      }
      return;
    }
    if (bodyLeft > 0) {
      bodyLeft -= data.length;
      if (bodyLeft <= 0) socket.write(small);
      return;
    }
    head += data.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const rest = head.length - end - 4;
    const length = /\r\ncontent-length: (\d+)/i.exec(head);
    const bytes = /^GET \/bytes\/(\d+)/.exec(head);
    if (/\r\nupgrade:/i.test(head)) {
      tunnel = true;
      socket.write(switching);
    } else if (bytes) {
      sendBytes(socket, Number(bytes[1]));
    } else if (length && Number(length[1]) > rest) {
      bodyLeft = Number(length[1]) - rest;
    } else {
      socket.write(small);
    }
    head = '';
  });
}

createServer(serve).listen(Number(process.argv[2]), '127.0.0.1', 1024, () => process.send?.('ready'));
