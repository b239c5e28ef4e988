import { requestDecoder, type ChunkedDecoder } from '../http/chunked-decoder.ts';
import type { ByteStream } from '../socket/byte-stream.ts';
import type { BodyFraming } from '../upstream/body-framing.ts';
import type { BodyProgress } from './request-body.ts';

export interface PassRules {
  /** -1 for a chunked body. */
  readonly contentLength: number;
  /** `client_max_body_size`; 0 is no limit. */
  readonly maxSize: number;
  readonly bareLineFeeds: boolean;
  readonly framing: BodyFraming;
}

/** Sends a body to the upstream as it comes from the client (`proxy_request_buffering off`). */
export class BodyPasser {
  consumed = 0;
  length = 0;
  /** Of a body that is too large: bytes before the chunk with which it is, and those of that chunk. */
  excess = '';
  /** The upstream does not take more for now. */
  full = false;
  readonly #upstream: ByteStream;
  readonly #rules: PassRules;
  #left: number;
  readonly #decoder: ChunkedDecoder | null;

  constructor(upstream: ByteStream, rules: PassRules) {
    this.#upstream = upstream;
    this.#rules = rules;
    this.#left = rules.contentLength;
    this.#decoder = requestDecoder(rules.contentLength, {
      bareLineFeeds: rules.bareLineFeeds,
      bodyLimit: rules.maxSize,
    });
  }

  push(bytes: Buffer, start: number, end: number): BodyProgress {
    if (this.#decoder === null) {
      this.consumed = Math.min(end, start + this.#left);
      this.#left -= this.consumed - start;
      this.#send(bytes, start, this.consumed, this.#left === 0);
      return this.#left === 0 ? 'done' : 'more';
    }
    const pieces: Buffer[] = [];
    const result = this.#decoder.push(bytes, start, end, (data, from, to) =>
      pieces.push(data.subarray(from, to)),
    );
    // What came together goes on as one chunk.
    const data = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    this.consumed = this.#decoder.consumed;
    this.#send(data, 0, data.length, result === 'done');
    if (result === 'more' || result === 'done') return result;
    if (result !== 'too-large') return 400;
    this.excess = `${this.#decoder.before}+${this.#decoder.size}`;
    return 413;
  }

  /** One write for all that came together, the end of the last piece included. */
  #send(bytes: Buffer, start: number, end: number, last: boolean): void {
    const { longest, before, after, end: closing } = this.#rules.framing;
    this.length += end - start;
    const tail = last ? closing : '';
    if (start === end && tail !== '') this.#upstream.write(tail);
    for (let at = start; at < end; at += longest) {
      const stop = Math.min(end, at + longest);
      const behind = after(stop - at) + (stop === end ? tail : '');
      if (!this.#upstream.forward(before(stop - at), bytes, at, stop, behind)) this.full = true;
    }
  }
}
