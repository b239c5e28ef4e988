import type { Request } from '../../engine/request.ts';
import type { UpstreamAttempt } from '../../engine/upstream-exchange.ts';
import type { ByteStream, StreamOwner } from '../socket/byte-stream.ts';
import type { Deadlines } from '../socket/deadline.ts';
import { SendTimeout } from '../socket/send-timeout.ts';
import type { ConnectionUser, UpstreamConnection } from '../upstream/connection.ts';

/** Milliseconds: `proxy_read_timeout`, `proxy_send_timeout`, the client's `send_timeout`. */
export interface TunnelTimeouts {
  readonly read: number;
  readonly send: number;
  readonly clientSend: number;
}

/** Why a tunnel ended: one side closed, a timeout, an error on a connection. */
export type TunnelEnd = 'closed' | 'upstream-timeout' | 'client-timeout' | 'error';

export interface TunnelSetup {
  readonly request: Request;
  readonly attempt: UpstreamAttempt;
  readonly client: ByteStream;
  readonly upstream: UpstreamConnection;
  readonly deadlines: Deadlines;
  readonly timeouts: TunnelTimeouts;
  readonly ended: (why: TunnelEnd) => void;
}

/**
 * Bytes both ways between a client and an upstream after a 101 (ngx_http_upstream_process_upgraded). Either side's end
 * ends both once what it had sent is through; traffic in either direction starts the read timeout anew.
 */
export class Tunnel {
  readonly #setup: TunnelSetup;
  #clientEnded = false;
  #upstreamEnded = false;
  #over = false;
  /** For writing to the client; most tunnels never need it. */
  #clientTimeout: SendTimeout | null = null;
  /** Bytes that waited for the upstream when its time began; -1: it takes what comes. */
  #queued = -1;

  constructor(setup: TunnelSetup) {
    this.#setup = setup;
    setup.client.owner = new ClientSide(this);
    setup.upstream.use(new UpstreamSide(this));
    setup.upstream.deadline.set(setup.timeouts.read);
    setup.upstream.stream.resume();
    setup.client.resume();
  }

  /** What came from the client with its request, before the tunnel was open. */
  sendEarly(bytes: Buffer): void {
    if (bytes.length > 0) this.fromClient(bytes, bytes.length);
  }

  fromClient(bytes: Buffer, length: number): void {
    const { client, upstream, timeouts } = this.#setup;
    upstream.deadline.touch();
    if (upstream.stream.forward('', bytes, 0, length, '')) return;
    client.pause();
    this.#queued = upstream.stream.queued;
    upstream.deadline.set(timeouts.send);
  }

  fromUpstream(bytes: Buffer, length: number, start = 0): void {
    const { client, upstream, request, attempt, deadlines, timeouts } = this.#setup;
    const size = length - start;
    request.bytesSent += size;
    request.bodyBytesSent += size;
    attempt.bytesReceived += size;
    upstream.deadline.touch();
    if (client.forward('', bytes, start, length, '')) return;
    upstream.stream.pause();
    this.#clientTimeout ??= new SendTimeout(client, deadlines, timeouts.clientSend, () =>
      this.end('client-timeout'),
    );
    this.#clientTimeout.start();
  }

  clientDrained(): void {
    const { client, upstream } = this.#setup;
    this.#clientTimeout?.clear();
    upstream.stream.resume();
    if (this.#upstreamEnded && client.pending === 0) this.end('closed');
  }

  upstreamDrained(): void {
    const { client, upstream, timeouts } = this.#setup;
    this.#queued = -1;
    upstream.deadline.set(timeouts.read);
    client.resume();
    if (this.#clientEnded && upstream.stream.pending === 0) this.end('closed');
  }

  clientEnded(): void {
    this.#clientEnded = true;
    const { upstream } = this.#setup;
    if (this.#upstreamEnded) this.end('closed');
    else upstream.stream.whenFlushed(() => this.end('closed'));
  }

  upstreamEnded(): void {
    this.#upstreamEnded = true;
    const { client } = this.#setup;
    if (this.#clientEnded) this.end('closed');
    else client.whenFlushed(() => this.end('closed'));
  }

  timedOut(): void {
    const { upstream, timeouts } = this.#setup;
    const { queued } = upstream.stream;
    if (this.#queued < 0 || queued === this.#queued) {
      this.end('upstream-timeout');
      return;
    }
    // It takes something, if slowly.
    this.#queued = queued;
    upstream.deadline.set(timeouts.send);
  }

  end(why: TunnelEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#clientTimeout?.clear();
    this.#setup.upstream.deadline.clear();
    this.#setup.ended(why);
  }
}

class ClientSide implements StreamOwner {
  readonly #tunnel: Tunnel;

  constructor(tunnel: Tunnel) {
    this.#tunnel = tunnel;
  }

  onBytes(bytes: Buffer, length: number): void {
    this.#tunnel.fromClient(bytes, length);
  }

  onEnd(): void {
    this.#tunnel.clientEnded();
  }

  onDrain(): void {
    this.#tunnel.clientDrained();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#tunnel.end(error === null ? 'closed' : 'error');
  }
}

class UpstreamSide implements ConnectionUser {
  readonly #tunnel: Tunnel;

  constructor(tunnel: Tunnel) {
    this.#tunnel = tunnel;
  }

  onBytes(bytes: Buffer, length: number): void {
    this.#tunnel.fromUpstream(bytes, length);
  }

  onEnd(): void {
    this.#tunnel.upstreamEnded();
  }

  onDrain(): void {
    this.#tunnel.upstreamDrained();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.#tunnel.end(error === null ? 'closed' : 'error');
  }

  onTimeout(): void {
    this.#tunnel.timedOut();
  }
}
