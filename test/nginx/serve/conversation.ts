import { connect, type Socket } from 'node:net';

/** A connection to a server on which a request was sent, and what came back. */
export class Conversation {
  /** All bytes so far, latin1. */
  received = '';
  /** The server closed the connection, or there is none. */
  ended = false;
  readonly #socket: Socket;

  /** After a 101, bytes are sent through the tunnel. */
  constructor(port: number, raw: string) {
    this.#socket = connect(port, '127.0.0.1', () => this.#socket.write(raw, 'latin1'));
    this.#socket.on('data', (bytes) => {
      const first = this.received === '';
      this.received += bytes.toString('latin1');
      if (first && this.received.startsWith('HTTP/1.1 101')) this.#socket.write('PING-BYTES');
    });
    const end = (): void => {
      this.ended = true;
    };
    this.#socket.on('error', end);
    this.#socket.on('close', end);
  }

  close(): void {
    this.#socket.destroy();
  }
}
