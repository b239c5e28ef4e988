import type { LogLevel } from '../../engine/api.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import { ChunkedDecoder } from '../http/chunked-decoder.ts';

/** Takes the data of a body; `last` when nothing follows. The bytes are valid during the call only. */
export type BodyData = (bytes: Buffer, start: number, end: number, last: boolean) => void;

/** Finds the end of an answer's body and takes off its framing. */
export interface AnswerReader {
  /** Nothing came behind the body: the connection can be used again. */
  readonly exact: boolean;
  /** The body ends with the connection. */
  readonly untilClose: boolean;
  /** `broken`: what has come is all, and not whole; `failed`: not even the head goes out, unless it has already. */
  push(bytes: Buffer, start: number, end: number): 'more' | 'done' | 'broken' | 'failed';
}

/** Finds the end of an answer's body and takes off its framing (ngx_http_proxy_module.c, the input filters). */
export class ResponseBody implements AnswerReader {
  exact = true;
  readonly #exchange: UpstreamExchange;
  readonly #decoder: ChunkedDecoder | null;
  readonly #sink: BodyData;
  /** Data of the chunks in the bytes being read, moved together: nginx passes on what it read at once, as one chunk. */
  #from = 0;
  #to = 0;
  readonly #chunkData = (bytes: Buffer, start: number, end: number): void => {
    if (this.#to === this.#from) this.#from = this.#to = start;
    else if (start !== this.#to) bytes.copyWithin(this.#to, start, end);
    this.#to += end - start;
  };
  readonly #log: (level: LogLevel, message: string) => void;
  #left: number;

  constructor(
    exchange: UpstreamExchange,
    bareLineFeeds: boolean,
    sink: BodyData,
    log: (level: LogLevel, message: string) => void,
  ) {
    this.#exchange = exchange;
    this.#sink = sink;
    this.#log = log;
    this.#left = exchange.contentLength;
    const { proxy_pass_trailers: keep, proxy_buffer_size: limit } = exchange.settings;
    this.#decoder =
      exchange.chunked && exchange.contentLength !== 0
        ? new ChunkedDecoder({ bareLineFeeds, trailerLimit: keep ? limit : 0 })
        : null;
  }

  get untilClose(): boolean {
    return this.#decoder === null && this.#left < 0;
  }

  push(bytes: Buffer, start: number, end: number): 'more' | 'done' | 'failed' {
    if (this.#decoder !== null) return this.#pushChunked(this.#decoder, bytes, start, end);
    if (this.#left < 0) {
      if (end > start) this.#sink(bytes, start, end, false);
      return 'more';
    }
    const stop = Math.min(end, start + this.#left);
    this.#left -= stop - start;
    if (stop < end) {
      this.exact = false;
      this.#log('warn', 'upstream sent more data than specified in "Content-Length" header');
    }
    if (stop > start) this.#sink(bytes, start, stop, this.#left === 0);
    return this.#left === 0 ? 'done' : 'more';
  }

  #pushChunked(
    decoder: ChunkedDecoder,
    bytes: Buffer,
    start: number,
    end: number,
  ): 'more' | 'done' | 'failed' {
    this.#from = this.#to = 0;
    const result = decoder.push(bytes, start, end, this.#chunkData);
    // What was read together with a fault is not passed on.
    const good = result === 'more' || result === 'done';
    if (good && this.#to > this.#from) this.#sink(bytes, this.#from, this.#to, false);
    switch (result) {
      case 'more':
        return 'more';
      case 'done':
        this.#exchange.trailers = decoder.trailers;
        if (decoder.consumed < end) {
          this.exact = false;
          this.#log('warn', 'upstream sent data after final chunk');
        }
        return 'done';
      // Answers have no limit.
      case 'too-large':
      case 'invalid':
        this.#log('error', 'upstream sent invalid chunked response');
        return 'failed';
      case 'too-big-trailers':
        this.#log('error', 'upstream sent too big trailers');
        return 'failed';
    }
  }
}
