import type { StoredBody } from '../client/request-body.ts';
import type { ByteStream } from '../socket/byte-stream.ts';
import type { BodyFraming } from './body-framing.ts';

const pieceSize = 65_536;
/** Bodies up to this size are sent together with the head. */
const joinedSize = 65_536;

/** Sends a request head and a stored body, as fast as the upstream takes them. */
export class StoredBodySender {
  readonly #stream: ByteStream;
  readonly #body: StoredBody | null;
  readonly #framing: BodyFraming;
  #part = 0;
  #position = 0;
  #piece: Buffer | null = null;
  /** What follows the body. */
  #tail = '';

  /** A body in chunks is sent as one chunk. */
  constructor(stream: ByteStream, body: StoredBody | null, framing: BodyFraming) {
    this.#stream = stream;
    this.#body = body;
    this.#framing = framing;
    if (body !== null)
      this.#tail = (body.length > 0 && !this.#inRecords ? framing.after(body.length) : '') + framing.end;
  }

  /** Begins; returns whether everything has left for the kernel. Otherwise `resume` goes on after each drain. */
  start(requestHead: string): boolean {
    const body = this.#body;
    const whole = body !== null && body.length > 0 && !this.#inRecords;
    const head = whole ? requestHead + this.#framing.before(body.length) : requestHead;
    if (body === null || body.length === 0) {
      this.#stream.write(head + this.#tail);
      this.#tail = '';
    } else if (body.temporary === null && body.length <= joinedSize) {
      const frames = body.parts.flatMap((part) => this.#frames(part));
      this.#stream.write(
        Buffer.concat([Buffer.from(head, 'latin1'), ...frames, Buffer.from(this.#tail, 'latin1')]),
      );
      this.#tail = '';
      this.#part = body.parts.length;
    } else this.#stream.write(head);
    return this.resume();
  }

  resume(): boolean {
    const body = this.#body;
    let room = this.#stream.pending === 0;
    while (room && body !== null && this.#part < body.parts.length) {
      room = this.#write(body.parts[this.#part++]!);
    }
    const file = body?.temporary;
    while (room && file && this.#position < file.length) {
      this.#piece ??= Buffer.allocUnsafeSlow(pieceSize);
      const size = file.read(this.#piece, this.#position);
      this.#position += size;
      room = this.#write(this.#piece.subarray(0, size));
      // It can be filled again unless some of it waits to be written.
      if (this.#stream.pending > 0) this.#piece = null;
    }
    if (room && this.#tail !== '') {
      room = this.#stream.write(this.#tail);
      this.#tail = '';
    }
    return (
      this.#tail === '' &&
      this.#stream.pending === 0 &&
      (body === null || (this.#part >= body.parts.length && this.#position >= (file?.length ?? 0)))
    );
  }

  /** The body goes in many small frames. */
  get #inRecords(): boolean {
    return this.#framing.longest < Number.MAX_SAFE_INTEGER;
  }

  #write(bytes: Buffer): boolean {
    return this.#stream.write(this.#inRecords ? Buffer.concat(this.#frames(bytes)) : bytes);
  }

  #frames(bytes: Buffer): Buffer[] {
    if (!this.#inRecords) return [bytes];
    const { longest, before, after } = this.#framing;
    const frames: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += longest) {
      const piece = bytes.subarray(at, at + longest);
      const [head, tail] = [before(piece.length), after(piece.length)];
      frames.push(Buffer.from(head, 'latin1'), piece, Buffer.from(tail, 'latin1'));
    }
    return frames;
  }
}
