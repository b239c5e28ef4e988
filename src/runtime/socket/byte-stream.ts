import { Socket } from 'node:net';
import type { OnReadOpts, SocketConstructorOpts } from 'node:net';
import { Buffers } from './buffers.ts';

/** Who uses a stream at the moment. It changes hands: a kept upstream connection belongs to the pool, then to a request, then to a tunnel. */
export interface StreamOwner {
  /** `bytes[0, length)` came. They are valid during the call only: the buffer is shared by all connections. */
  onBytes(bytes: Buffer, length: number): void;
  /** The other side has closed its direction. */
  onEnd(): void;
  /** What was written has left, after a `write` that gave false. */
  onDrain(): void;
  /** The connection is gone; `error` is what the system said, null after an orderly end. */
  onClose(error: NodeJS.ErrnoException | null): void;
}

/** The part of node:net's handle that has no public name. */
interface Handle {
  readonly writeQueueSize: number;
}
interface Internals {
  _handle: Handle | null;
  _server: unknown;
}

/** Up to this size bytes are copied as a string: node:net writes it from its own stack, and no view of a buffer has to be made. */
const smallPiece = 1024;

/** Milliseconds for a TLS connection's last words. */
const goodbyeTime = 3000;

/** The stream of a socket: listeners are shared by all sockets, which have thousands of them otherwise. */
const streamOf = Symbol('stream');
type StreamSocket = Socket & { [streamOf]: ByteStream };

function onError(this: Socket, error: NodeJS.ErrnoException): void {
  (this as StreamSocket)[streamOf].failed(error);
}

function onEnd(this: Socket): void {
  const stream = (this as StreamSocket)[streamOf];
  stream.ended = true;
  if (!stream.closed) stream.owner.onEnd();
}

function onDrain(this: Socket): void {
  const stream = (this as StreamSocket)[streamOf];
  if (!stream.closed) stream.owner.onDrain();
}

function onClose(this: Socket): void {
  (this as StreamSocket)[streamOf].gone();
}

/**
 * A socket, plain or TLS, that hands out bytes without allocating for them. Plain sockets read into one buffer for all of them
 * (`onread` of node:net), TLS sockets give buffers of their own.
 */
export class ByteStream {
  owner: StreamOwner;
  readonly socket: Socket;
  readonly buffers: Buffers;
  /** Set when the socket was destroyed or closed. */
  closed = false;
  ended = false;
  /** Bytes given to `write` and `forward` so far. */
  written = 0;
  #error: NodeJS.ErrnoException | null = null;
  #paused = false;

  private constructor(socket: Socket, buffers: Buffers, owner: StreamOwner) {
    this.socket = socket;
    this.buffers = buffers;
    this.owner = owner;
  }

  /**
   * Takes over an accepted socket that has not been read from. A plain socket's handle is moved to a socket with `onread`:
   * node:net has no way to ask for that when it accepts.
   */
  static accepted(socket: Socket, buffers: Buffers, owner: StreamOwner): ByteStream {
    const old = socket as unknown as Internals;
    const handle = old._handle;
    if ('encrypted' in socket || handle === null) return ByteStream.#flowing(socket, buffers, owner);
    let stream: ByteStream | null = null;
    const adopted = new Socket({
      handle,
      allowHalfOpen: true,
      onread: {
        buffer: buffers.shared,
        callback: (length: number, bytes: Uint8Array) => {
          stream?.take(bytes as Buffer, length);
          return true;
        },
      },
    } as unknown as SocketConstructorOpts);
    // The server counts its connections through this property, and the old socket must not close the handle.
    (adopted as unknown as Internals)._server = old._server;
    old._server = null;
    old._handle = null;
    stream = new ByteStream(adopted, buffers, owner);
    stream.#listen();
    return stream;
  }

  /** A connection that is being opened: `open` gets the `onread` option for node:net's `connect`. */
  static connecting(open: (onread: OnReadOpts) => Socket, buffers: Buffers, owner: StreamOwner): ByteStream {
    let stream: ByteStream | null = null;
    const socket = open({
      buffer: buffers.shared,
      callback: (length: number, bytes: Uint8Array) => {
        stream?.take(bytes as Buffer, length);
        return true;
      },
    });
    if ('encrypted' in socket) return ByteStream.#flowing(socket, buffers, owner);
    stream = new ByteStream(socket, buffers, owner);
    stream.#listen();
    return stream;
  }

  static #flowing(socket: Socket, buffers: Buffers, owner: StreamOwner): ByteStream {
    const stream = new ByteStream(socket, buffers, owner);
    socket.allowHalfOpen = true;
    socket.on('data', (bytes: Buffer) => stream.take(bytes, bytes.length));
    stream.#listen();
    socket.resume();
    return stream;
  }

  #listen(): void {
    const socket = this.socket as StreamSocket;
    socket[streamOf] = this;
    socket.on('error', onError);
    socket.on('end', onEnd);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
  }

  /** @internal */
  take(bytes: Buffer, length: number): void {
    const { clock } = this.buffers;
    clock.hold();
    // The process survives an internal error, and its time must go on.
    try {
      this.owner.onBytes(bytes, length);
    } finally {
      clock.release();
    }
  }

  /** @internal */
  failed(error: NodeJS.ErrnoException): void {
    this.#error ??= error;
  }

  /** @internal */
  gone(): void {
    if (this.closed) return;
    this.closed = true;
    this.owner.onClose(this.#error);
  }

  /** Bytes that were written and have not left for the kernel. */
  get pending(): number {
    return this.socket.writableLength;
  }

  /** Bytes that libuv still holds: changes as the other side takes them. */
  get queued(): number {
    return (this.socket as unknown as Internals)._handle?.writeQueueSize ?? 0;
  }

  /**
   * Writes a latin1 string or a buffer that nobody changes afterwards.
   *
   * @returns false when the other side does not take it as fast: `onDrain` follows
   */
  write(data: string | Buffer): boolean {
    if (this.closed) return true;
    const socket = this.socket;
    this.written += data.length;
    const room = typeof data === 'string' ? socket.write(data, 'latin1') : socket.write(data);
    return room || socket.writableLength === 0;
  }

  /** Writes `prefix`, bytes of a shared buffer, which are copied, and `suffix`. Returns as `write` does. */
  forward(prefix: string, bytes: Buffer, start: number, end: number, suffix: string): boolean {
    if (this.closed) return true;
    if (end - start <= smallPiece) return this.write(prefix + bytes.toString('latin1', start, end) + suffix);
    const copy = this.buffers.lend(prefix, bytes, start, end, suffix);
    this.written += copy.length;
    const room = this.socket.write(copy);
    if (this.socket.writableLength > 0) return room;
    this.buffers.giveBack();
    return true;
  }

  /** What `write` writes leaves by one system call. */
  together(write: () => void): void {
    this.socket.cork();
    write();
    this.socket.uncork();
  }

  /** Calls `done` when everything written so far has left, or the connection is gone. */
  whenFlushed(done: () => void): void {
    if (this.closed || this.socket.writableLength === 0) done();
    else this.socket.write('', () => done());
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.closed) this.socket.resume();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Closes the sending direction after what was written. */
  shutdown(): void {
    if (!this.closed) this.socket.end();
  }

  /**
   * Closes; what the other side has not taken is lost, or a client that reads nothing would keep the socket for ever. A TLS connection
   * to which everything has been written says goodbye, and waits for that no longer than nginx does (ngx_ssl_shutdown).
   */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { socket } = this;
    if (!('encrypted' in socket) || socket.writableLength > 0) {
      socket.destroy();
      return;
    }
    socket.destroySoon();
    if (!socket.destroyed) socket.setTimeout(goodbyeTime, () => socket.destroy());
  }

  /** Closes at once; what has not left is lost. The owner hears nothing more. */
  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.destroy();
  }

  /** Closes at once with a RST instead of a FIN (`reset_timedout_connection`). */
  reset(): void {
    if (this.closed) return;
    this.closed = true;
    // Only TCP has resets: unix sockets and TLS are just closed.
    if (this.socket.remoteAddress === undefined || 'encrypted' in this.socket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}
