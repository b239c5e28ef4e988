import type { Request } from '../../engine/request.ts';
import type { ByteStream } from '../socket/byte-stream.ts';
import type { Deadlines } from '../socket/deadline.ts';
import { SendTimeout } from '../socket/send-timeout.ts';
import { RatePacer } from './rate-pacer.ts';
import type { ResponseSink } from './response-sink.ts';

/** What the location says about sending. Sizes in bytes, times in milliseconds. */
export interface SendRules {
  /** `postpone_output`: smaller pieces wait for more. */
  readonly postpone: number;
  /** `send_timeout` */
  readonly timeout: number;
  /** `limit_rate` in bytes per second, 0 is unlimited; `limit_rate_after`. */
  readonly rate: number;
  readonly rateAfter: number;
}

/** Whose response a {@link ClientSink} sends. */
export interface SinkOwner {
  /** The client has not taken anything for `send_timeout`. */
  sendTimedOut(): void;
}

/** Sends a response to the client: head, framed body, trailers, in as few writes as possible. */
export class ClientSink implements ResponseSink {
  readonly #stream: ByteStream;
  readonly #request: Request;
  readonly #rules: SendRules;
  readonly #deadlines: Deadlines;
  readonly #owner: SinkOwner;
  /** Text that waits for more: the head, small pieces of the body. */
  #held = '';
  /** A piece waits for the head's first bytes. */
  #headLength = 0;
  #chunked = false;
  #discard = false;
  #room = true;
  #waiter: (() => void) | null = null;
  /** Made when the client does not take data at once. */
  #timeout: SendTimeout | null = null;
  #pacer: RatePacer | null = null;

  constructor(
    stream: ByteStream,
    request: Request,
    rules: SendRules,
    deadlines: Deadlines,
    owner: SinkOwner,
  ) {
    this.#stream = stream;
    this.#request = request;
    this.#rules = rules;
    this.#deadlines = deadlines;
    this.#owner = owner;
  }

  /** @param head status line and header lines; '' for HTTP/0.9 */
  start(head: string): void {
    this.#held = head;
    this.#headLength = head.length;
    this.#chunked = this.#request.chunked;
    this.#discard = this.#request.headerOnly;
    this.#request.bytesSent += head.length;
    if (this.#rules.rate > 0) {
      this.#pacer = new RatePacer(this.#rules.rate, this.#rules.rateAfter, this.#request.startedAt);
    }
  }

  text(data: string): boolean {
    if (this.#discard || data === '') return this.#room;
    const framed = this.#chunked ? `${data.length.toString(16)}\r\n${data}\r\n` : data;
    this.#count(framed.length);
    this.#held += framed;
    if (this.#held.length - this.#headLength >= this.#rules.postpone) this.flush();
    return this.#room;
  }

  bytes(data: Buffer, start: number, end: number): boolean {
    const size = end - start;
    if (this.#discard || size === 0) return this.#room;
    const prefix = this.#chunked ? `${this.#held}${size.toString(16)}\r\n` : this.#held;
    const suffix = this.#chunked ? '\r\n' : '';
    const total = prefix.length + size + suffix.length;
    this.#count(total - this.#held.length);
    if (total - this.#headLength < this.#rules.postpone) {
      this.#held = `${prefix}${data.toString('latin1', start, end)}${suffix}`;
      return this.#room;
    }
    this.#held = '';
    this.#headLength = 0;
    if (this.#pacer !== null)
      this.#pace(
        Buffer.concat([
          Buffer.from(prefix, 'latin1'),
          data.subarray(start, end),
          Buffer.from(suffix, 'latin1'),
        ]),
      );
    else if (!this.#stream.forward(prefix, data, start, end, suffix)) this.#blocked();
    return this.#room;
  }

  flush(): void {
    const held = this.#held;
    if (held === '') return;
    this.#held = '';
    this.#headLength = 0;
    if (this.#pacer !== null) this.#pace(Buffer.from(held, 'latin1'));
    else if (!this.#stream.write(held)) this.#blocked();
  }

  /**
   * Ends the body.
   *
   * @param trailers lines after a chunked body, each with CRLF
   * @param done called when everything has left for the kernel
   */
  end(trailers: string, done: () => void): void {
    if (this.#chunked && !this.#discard) {
      const last = `0\r\n${trailers}\r\n`;
      this.#count(last.length);
      this.#held += last;
    }
    this.flush();
    if (this.#pacer !== null && this.#pacer.pending) {
      this.#waiter = () => this.#whenFlushed(done);
      this.#room = false;
    } else this.#whenFlushed(done);
  }

  /** The body ends before its time: calls `done` when what was held back has left; `send_timeout` runs until then. */
  breakOff(done: () => void): void {
    this.flush();
    this.#whenFlushed(done);
  }

  whenReady(callback: () => void): void {
    if (this.#room) callback();
    else this.#waiter = callback;
  }

  /** The stream has taken what was written. */
  drained(): void {
    if (this.#pacer !== null) {
      this.#pace(null);
      return;
    }
    this.#ready();
  }

  /** The client is gone: what still comes goes nowhere, without anyone waiting for it. */
  abandon(): void {
    this.#pacer?.close();
    this.#pacer = null;
    this.#held = '';
    this.#discard = true;
    this.#ready();
  }

  /** Stops waiting; nothing is sent any more, and what is held back has not been sent. */
  close(): void {
    this.#request.bytesSent -= this.#held.length;
    this.#request.bodyBytesSent -= this.#held.length - Math.min(this.#headLength, this.#held.length);
    this.#held = '';
    this.#timeout?.clear();
    this.#pacer?.close();
    this.#waiter = null;
    this.#discard = true;
  }

  #whenFlushed(done: () => void): void {
    if (this.#stream.pending === 0) {
      // Most responses have left with their only write.
      this.#timeout?.clear();
      done();
      return;
    }
    this.#blocked();
    this.#stream.whenFlushed(() => {
      this.#timeout?.clear();
      done();
    });
  }

  #count(bytes: number): void {
    this.#request.bytesSent += bytes;
    this.#request.bodyBytesSent += bytes;
  }

  #ready(): void {
    this.#room = true;
    this.#timeout?.clear();
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.();
  }

  /** The client does not take data: gives it `send_timeout` to take some. */
  #blocked(): void {
    this.#room = false;
    this.#timeout ??= new SendTimeout(this.#stream, this.#deadlines, this.#rules.timeout, () =>
      this.#owner.sendTimedOut(),
    );
    this.#timeout.start();
  }

  #pace(data: Buffer | null): void {
    const pacer = this.#pacer!;
    if (data !== null) pacer.queue(data);
    this.#room = false;
    const free = pacer.run(
      (piece) => this.#stream.write(piece),
      () => this.#pace(null),
    );
    if (this.#stream.pending > 0) this.#blocked();
    if (free) this.#ready();
  }
}
