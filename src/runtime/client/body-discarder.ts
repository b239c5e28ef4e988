import { requestDecoder, type ChunkedDecoder } from '../http/chunked-decoder.ts';
import type { BodyProgress } from './request-body.ts';

/** Reads a body that nobody wants, to find where it ends (ngx_http_discard_request_body). */
export class BodyDiscarder {
  consumed = 0;
  /** What is still to come of a body of known length. */
  left: number;
  readonly #decoder: ChunkedDecoder | null;

  /** @param contentLength -1 for a chunked body */
  constructor(contentLength: number, bareLineFeeds: boolean) {
    this.left = contentLength;
    this.#decoder = requestDecoder(contentLength, { bareLineFeeds });
  }

  push(bytes: Buffer, start: number, end: number): BodyProgress {
    if (this.#decoder === null) {
      this.consumed = Math.min(end, start + this.left);
      this.left -= this.consumed - start;
      return this.left === 0 ? 'done' : 'more';
    }
    const result = this.#decoder.push(bytes, start, end, () => undefined);
    this.consumed = this.#decoder.consumed;
    if (result === 'more') return 'more';
    return result === 'done' ? 'done' : 400;
  }
}
