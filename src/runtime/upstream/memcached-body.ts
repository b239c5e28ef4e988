import type { LogLevel } from '../../engine/api.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import type { AnswerReader, BodyData } from './response-body.ts';

/** What stands behind a value. */
const trailer = Buffer.from('\r\nEND\r\n');

/** Takes a value of memcached, of known length, and the line behind it (ngx_http_memcached_filter). */
export class MemcachedBody implements AnswerReader {
  exact = false;
  readonly untilClose = false;
  readonly #sink: BodyData;
  readonly #log: (level: LogLevel, message: string) => void;
  /** Bytes of the value that are still to come. */
  #left: number;
  /** Bytes of the trailer that have come. */
  #matched = 0;

  constructor(exchange: UpstreamExchange, sink: BodyData, log: (level: LogLevel, message: string) => void) {
    this.#sink = sink;
    this.#log = log;
    this.#left = exchange.contentLength;
  }

  push(bytes: Buffer, start: number, end: number): 'more' | 'done' {
    const stop = Math.min(end, start + this.#left);
    if (stop > start) this.#sink(bytes, start, stop, false);
    this.#left -= stop - start;
    if (stop === end) return 'more';
    const until = this.#matched + end - stop;
    if (until > trailer.length || trailer.compare(bytes, stop, end, this.#matched, until) !== 0) {
      this.#log('error', 'memcached sent invalid trailer');
      return 'done';
    }
    this.#matched = until;
    this.exact = until === trailer.length;
    return this.exact ? 'done' : 'more';
  }
}
