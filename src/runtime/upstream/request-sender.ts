import type { StoredBody } from '../client/request-body.ts';
import type { ByteStream } from '../socket/byte-stream.ts';

const pieceSize = 65_536;
/** Bodies up to this size are sent together with the head. */
const joinedSize = 65_536;

/** Sends a request head and a stored body, as fast as the upstream takes them. */
export class RequestSender {
  readonly #stream: ByteStream;
  readonly #body: StoredBody | null;
  #part = 0;
  #position = 0;
  #piece: Buffer | null = null;
  sent = false;
  /** What follows the body: the end of its only chunk. */
  #tail = '';

  /** @param chunked the head announces chunks: the body is sent as one */
  constructor(stream: ByteStream, body: StoredBody | null, chunked: boolean) {
    this.#stream = stream;
    this.#body = body;
    if (body !== null && chunked) this.#tail = body.length > 0 ? '\r\n0\r\n\r\n' : '0\r\n\r\n';
  }

  /** Begins; returns whether everything has left for the kernel. Otherwise `resume` goes on after each drain. */
  start(requestHead: string): boolean {
    const body = this.#body;
    const chunkSize = this.#tail === '' || body!.length === 0 ? '' : `${body!.length.toString(16)}\r\n`;
    const head = requestHead + chunkSize;
    if (body === null || body.length === 0) {
      this.#stream.write(head);
      this.#part = body?.parts.length ?? 0;
    } else if (body.temporary === null && body.length <= joinedSize) {
      this.#stream.write(Buffer.concat([Buffer.from(head, 'latin1'), ...body.parts]));
      this.#part = body.parts.length;
    } else this.#stream.write(head);
    return this.resume();
  }

  resume(): boolean {
    const body = this.#body;
    let room = this.#stream.pending === 0;
    while (room && body !== null && this.#part < body.parts.length) {
      room = this.#stream.write(body.parts[this.#part++]!);
    }
    const file = body?.temporary;
    while (room && file && this.#position < file.length) {
      this.#piece ??= Buffer.allocUnsafeSlow(pieceSize);
      const size = file.read(this.#piece, this.#position);
      this.#position += size;
      room = this.#stream.write(this.#piece.subarray(0, size));
      // It can be filled again unless some of it waits to be written.
      if (this.#stream.pending > 0) this.#piece = null;
    }
    if (room && this.#tail !== '') {
      room = this.#stream.write(this.#tail);
      this.#tail = '';
    }
    this.sent =
      this.#tail === '' &&
      this.#stream.pending === 0 &&
      (body === null || (this.#part >= body.parts.length && this.#position >= (file?.length ?? 0)));
    return this.sent;
  }
}
