/**
 * Opens tunnels and leaves them idle, in a process of its own: `node idle-tunnels.ts PORT COUNT`. Each is used once. Tells its
 * parent when all are open, and ends with it.
 */

import { connect } from 'node:net';

const port = Number(process.argv[2]);
const count = Number(process.argv[3]);
const upgrade =
  'GET /ws HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
/** Handshakes under way at a time. */
const parallel = 50;
let opened = 0;
let ready = 0;

function open(): void {
  if (opened === count) return;
  opened++;
  const socket = connect(port, '127.0.0.1', () => socket.write(upgrade));
  let used = false;
  socket.on('data', (data: Buffer) => {
    if (used) {
      if (++ready === count) process.send?.('ready');
      open();
      return;
    }
    if (!data.includes('HTTP/1.1 101')) throw new Error(`no tunnel: ${data.toString('latin1')}`);
    used = true;
    socket.write(Buffer.alloc(38, 'm'));
  });
}

for (let index = 0; index < parallel; index++) open();
process.on('disconnect', () => process.exit(0));
