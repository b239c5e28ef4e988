/**
 * The client of the benchmarks, in a process of its own: `node load.ts '{"port":…,"kind":"get"|"echo",…}'`. A closed loop: each of
 * `connections` connections has one request or message under way. Reports `{"count","milliseconds"}` to its parent.
 */

import { connect } from 'node:net';

export interface LoadPlan {
  readonly port: number;
  readonly kind: 'get' | 'echo';
  readonly connections: number;
  /** Requests or messages in all, over all connections. */
  readonly count: number;
  /** Bytes of a message's payload (echo). */
  readonly size: number;
}

/** A masked binary WebSocket frame with a payload of `size` bytes (RFC 6455 5.2), its mask all zero. */
function frame(size: number): Buffer {
  const head =
    size < 126
      ? [0x82, 0x80 | size]
      : size < 65_536
        ? [0x82, 0xfe, size >> 8, size & 255]
        : [0x82, 0xff, 0, 0, 0, 0, size >> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), Buffer.alloc(size, 'm')]);
}

function run(plan: LoadPlan, done: (milliseconds: number) => void): void {
  const request = Buffer.from(
    'GET /small HTTP/1.1\r\nHost: example.com\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n',
  );
  const upgrade = Buffer.from(
    'GET /ws HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const message = frame(plan.size);
  let sent = 0;
  let received = 0;
  let ready = 0;
  let start = 0;
  const sockets = Array.from({ length: plan.connections }, () => {
    const socket = connect(plan.port, '127.0.0.1');
    let got = 0;
    let expected = 0;
    let open = plan.kind === 'get';
    const next = (): void => {
      if (sent >= plan.count) return;
      sent++;
      got = 0;
      socket.write(plan.kind === 'get' ? request : message);
    };
    socket.setNoDelay(true);
    socket.on('connect', () => {
      if (open) begin(next);
      else socket.write(upgrade);
    });
    socket.on('data', (data: Buffer) => {
      if (!open) {
        if (!data.includes('\r\n\r\n')) throw new Error('the head of the 101 came in pieces');
        open = true;
        expected = message.length;
        begin(next);
        return;
      }
      got += data.length;
      if (plan.kind === 'get' && got === data.length) {
        const head = data.toString('latin1');
        const length = /Content-Length: (\d+)/i.exec(head);
        if (!length || !head.startsWith('HTTP/1.1 200')) throw new Error(`unexpected answer: ${head}`);
        expected = head.indexOf('\r\n\r\n') + 4 + Number(length[1]);
      }
      if (got < expected) return;
      if (++received === plan.count) done(performance.now() - start);
      else next();
    });
    socket.on('error', (error) => {
      throw error;
    });
    return socket;
  });
  const waiting: (() => void)[] = [];
  function begin(next: () => void): void {
    waiting.push(next);
    if (++ready < plan.connections) return;
    start = performance.now();
    for (const go of waiting) go();
  }
  void sockets;
}

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
run(plan, (milliseconds) => {
  process.send?.({ count: plan.count, milliseconds });
  setTimeout(() => process.exit(0), 10);
});
