import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Request } from '../../../src/engine/request.ts';
import type { UpstreamAttempt } from '../../../src/engine/upstream-exchange.ts';
import { ConnectionSlots } from '../../../src/runtime/connection-slots.ts';
import { Buffers } from '../../../src/runtime/socket/buffers.ts';
import { ByteStream } from '../../../src/runtime/socket/byte-stream.ts';
import type { StreamOwner } from '../../../src/runtime/socket/byte-stream.ts';
import { Deadlines } from '../../../src/runtime/socket/deadline.ts';
import { Tunnel } from '../../../src/runtime/tunnel/tunnel.ts';
import type { TunnelEnd, TunnelTimeouts } from '../../../src/runtime/tunnel/tunnel.ts';
import { UpstreamConnection } from '../../../src/runtime/upstream/connection.ts';
import type { ConnectionUser } from '../../../src/runtime/upstream/connection.ts';

const errorLog = { standardError: false, takes: () => false, write: () => {} };
const nobody: ConnectionUser = {
  onBytes: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onClose: () => undefined,
  onTimeout: () => undefined,
};

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** A client and a backend with a tunnel between them. */
interface Ends {
  readonly client: Socket;
  readonly backend: Socket;
  readonly tunnel: Tunnel;
  readonly attempt: UpstreamAttempt;
  readonly request: Request;
  readonly ended: Promise<TunnelEnd>;
}

describe('a tunnel', () => {
  let front: Server;
  let back: Server;
  let sockets: Socket[];

  beforeEach(() => {
    front = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    back = createServer({ allowHalfOpen: true });
    sockets = [];
  });

  afterEach(() => {
    vi.useRealTimers();
    for (const socket of sockets) socket.destroy();
    front.close();
    back.close();
  });

  async function open(
    timeouts: TunnelTimeouts = { read: 5000, send: 5000, clientSend: 5000 },
  ): Promise<Ends> {
    const [frontPort, backPort] = [await listening(front), await listening(back)];
    const buffers = new Buffers();
    const deadlines = new Deadlines();
    const slots = new ConnectionSlots(100, 0, errorLog);
    const client = connect({ port: frontPort, host: '127.0.0.1', allowHalfOpen: true });
    const [accepted] = (await once(front, 'connection')) as [Socket];
    const upstream = new UpstreamConnection('peer', slots, deadlines, nobody, (owner: StreamOwner) =>
      ByteStream.connecting(
        (onread) => connect({ port: backPort, host: '127.0.0.1', allowHalfOpen: true, onread }),
        buffers,
        owner,
      ),
    );
    const [backend] = (await once(back, 'connection')) as [Socket];
    sockets.push(client, backend);
    for (const socket of sockets) socket.on('error', () => undefined);
    const clientStream = ByteStream.accepted(accepted, buffers, nobody);
    const request = { bytesSent: 0, bodyBytesSent: 0 } as Request;
    const attempt = { bytesReceived: 0, responseLength: 0 } as UpstreamAttempt;
    let tunnel: Tunnel | null = null;
    const ended = new Promise<TunnelEnd>((resolve) => {
      tunnel = new Tunnel({
        request,
        attempt,
        client: clientStream,
        upstream,
        deadlines,
        timeouts,
        ended: (why) => {
          clientStream.close();
          upstream.close();
          resolve(why);
        },
      });
    });
    return { client, backend, tunnel: tunnel!, attempt, request, ended };
  }

  it('passes bytes on in both directions and counts what the client gets', async () => {
    const { client, backend, request, attempt } = await open();
    client.write('from the client');
    expect(String((await once(backend, 'data'))[0])).toBe('from the client');
    backend.write('from the backend');
    expect(String((await once(client, 'data'))[0])).toBe('from the backend');
    expect(request.bytesSent).toBe(16);
    expect(attempt.bytesReceived).toBe(16);
    // nginx counts what passes through pipes and filters only.
    expect(attempt.responseLength).toBe(0);
  });

  it('sends bytes that came before it was open first', async () => {
    const { client, backend, tunnel } = await open();
    tunnel.sendEarly(Buffer.from('early '));
    client.write('late');
    let received = '';
    backend.on('data', (bytes) => (received += String(bytes)));
    await expect.poll(() => received).toBe('early late');
  });

  it.each(['client', 'backend'] as const)(
    'ends when the %s closes its direction, after what it sent',
    async (side) => {
      const ends = await open();
      const other = side === 'client' ? ends.backend : ends.client;
      let received = '';
      other.on('data', (bytes) => (received += String(bytes)));
      ends[side].end('last words');
      expect(await ends.ended).toBe('closed');
      await once(other, 'end');
      expect(received).toBe('last words');
    },
  );

  it('does not lose or reorder megabytes when the receiver is slow', async () => {
    const { client, backend } = await open();
    const size = 8 * 1024 * 1024;
    const sent = Buffer.alloc(size);
    for (let index = 0; index < size; index += 4) sent.writeUInt32LE(index, index);
    client.write(sent);
    const pieces: Buffer[] = [];
    let length = 0;
    await new Promise<void>((resolve) => {
      backend.on('data', (bytes: Buffer) => {
        pieces.push(bytes);
        length += bytes.length;
        backend.pause();
        setTimeout(() => backend.resume(), 1);
        if (length === size) resolve();
      });
    });
    expect(Buffer.concat(pieces).equals(sent)).toBe(true);
  });

  it('times out when no bytes come, and not while some come from either side', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { client, backend, ended } = await open({ read: 150, send: 5000, clientSend: 5000 });
    let end: TunnelEnd | null = null;
    void ended.then((why) => (end = why));
    for (const [from, to] of [
      [client, backend],
      [backend, client],
      [client, backend],
    ] as const) {
      vi.advanceTimersByTime(100);
      from.write('x');
      await once(to, 'data');
    }
    vi.advanceTimersByTime(100);
    await turn();
    expect(end).toBeNull();
    vi.advanceTimersByTime(51);
    await turn();
    expect(end).toBe('upstream-timeout');
  });

  it('ends with an error when a side is reset', async () => {
    const { backend, ended } = await open();
    backend.resetAndDestroy();
    expect(await ended).toBe('error');
  });
});
