import { headSize, readRecordHead, recordTypes, stderrText } from '../../engine/gateways/fastcgi/records.ts';
import type { LogLevel } from '../../engine/api.ts';
import type { RecordState, UpstreamExchange } from '../../engine/upstream-exchange.ts';
import type { BodyData, AnswerReader } from './response-body.ts';

/** Takes an answer's body out of FastCGI's records (ngx_http_fastcgi_input_filter). */
export class FastcgiBody implements AnswerReader {
  exact = false;
  readonly #keeps: boolean;
  readonly #sink: BodyData;
  readonly #log: (level: LogLevel, message: string) => void;
  #record: RecordState;
  #head = Buffer.alloc(headSize);
  /** Bytes of the head of the next record that have come; all of them while its content is being read. */
  #headBytes = headSize;
  #left: number;
  #padding: number;
  /** Of the length that the head told; -1 when it told none, or with HEAD, until there is a body. */
  #rest: number;
  /** What the head told. */
  readonly #told: number;

  constructor(exchange: UpstreamExchange, sink: BodyData, log: (level: LogLevel, message: string) => void) {
    this.#keeps = exchange.keepalive;
    this.#sink = sink;
    this.#log = log;
    this.#record = exchange.records!;
    this.#left = this.#record.left;
    this.#padding = this.#record.padding;
    this.#rest = exchange.contentLength;
    this.#told = exchange.declaredLength;
  }

  /** Without `fastcgi_keep_conn` the end of the connection will do. */
  get untilClose(): boolean {
    return !this.#keeps && this.#rest <= 0;
  }

  push(bytes: Buffer, start: number, end: number): 'more' | 'done' | 'broken' | 'failed' {
    let at = start;
    for (;;) {
      if (this.#headBytes < headSize) {
        const taken = bytes.copy(
          this.#head,
          this.#headBytes,
          at,
          Math.min(end, at + headSize - this.#headBytes),
        );
        this.#headBytes += taken;
        at += taken;
        if (this.#headBytes < headSize) return 'more';
        const fault = this.#begin();
        if (fault !== null) return fault;
      }
      const stop = Math.min(end, at + this.#left);
      if (stop > at && !this.#content(bytes, at, stop)) return 'done';
      this.#left -= stop - at;
      at = stop;
      if (this.#left > 0) return 'more';
      const skipped = Math.min(end - at, this.#padding);
      this.#padding -= skipped;
      at += skipped;
      if (this.#padding > 0) return 'more';
      if (this.#record.type === recordTypes.endRequest) {
        this.exact = at === end;
        return 'done';
      }
      this.#headBytes = 0;
      if (at === end) return 'more';
    }
  }

  /** A record begins; otherwise the answer cannot be completed. */
  #begin(): 'broken' | 'failed' | null {
    const record = readRecordHead((index) => this.#head[index]!);
    if (typeof record === 'string') {
      this.#log('error', record);
      return 'failed';
    }
    const { type, size, padding } = record;
    this.#record = { type, left: size, padding };
    this.#left = size;
    this.#padding = padding;
    const ends = type === recordTypes.endRequest;
    if (this.#rest <= 0 || !(ends || (type === recordTypes.stdout && size === 0))) return null;
    this.#log('error', `upstream prematurely closed FastCGI ${ends ? 'request' : 'stdout'}`);
    return 'broken';
  }

  /** False when nothing more is wanted. */
  #content(bytes: Buffer, start: number, end: number): boolean {
    const { type } = this.#record;
    if (type === recordTypes.endRequest) return true;
    if (type === recordTypes.stderr) {
      this.#log('error', `FastCGI sent in stderr: "${stderrText(bytes.toString('latin1', start, end))}"`);
      return true;
    }
    if (this.#rest < 0) this.#rest = this.#told;
    const size = this.#rest < 0 ? end - start : Math.min(end - start, this.#rest);
    if (size > 0) this.#sink(bytes, start, start + size, false);
    if (this.#rest < 0) return true;
    this.#rest -= size;
    if (size === end - start) return true;
    this.#log('warn', 'upstream sent more data than specified in "Content-Length" header');
    return false;
  }
}
