import type { ByteStream } from '../socket/byte-stream.ts';
import type { Deadline } from '../socket/deadline.ts';
import type { ReceivedInput } from './received-input.ts';

/** Takes a request body off the client's bytes. */
export interface BodyConsumer {
  /** @returns the offset after the last byte that belongs to the body */
  take(bytes: Buffer, start: number, end: number): number;
  /** The body is complete or has failed: nothing more is taken. */
  readonly finished: boolean;
  /** Called once after `finished`, when what follows the body has been put aside. */
  complete(): void;
  /** The client closed the connection (400) or was silent for too long (408). */
  failed(status: 400 | 408): void;
}

/**
 * Gives the bytes of a client's connection to whoever reads the body of a request, with a time for each read
 * (ngx_http_do_read_client_request_body). What follows the body goes back to the input.
 */
export class BodyFeed {
  readonly #stream: ByteStream;
  readonly #deadline: Deadline;
  readonly #input: ReceivedInput;
  #consumer: BodyConsumer | null = null;
  /** Milliseconds between two reads. */
  #timeout = 0;

  /** @param deadline the connection's; it runs while the body is waited for */
  constructor(stream: ByteStream, deadline: Deadline, input: ReceivedInput) {
    this.#stream = stream;
    this.#deadline = deadline;
    this.#input = input;
  }

  /** A body is being read. */
  get active(): boolean {
    return this.#consumer !== null;
  }

  /**
   * Begins with what has been read already.
   *
   * @param timeout milliseconds between two reads (`client_body_timeout`)
   */
  start(consumer: BodyConsumer, timeout: number): void {
    this.#timeout = timeout;
    this.#consumer = consumer;
    const early = this.#input.take();
    if (early.length > 0) this.push(early, 0, early.length);
    if (this.#consumer !== consumer) return;
    if (this.#stream.ended || this.#stream.closed) {
      this.fail(400);
      return;
    }
    this.#deadline.set(timeout);
    this.#stream.resume();
  }

  push(bytes: Buffer, start: number, end: number): void {
    const consumer = this.#consumer!;
    const used = consumer.take(bytes, start, end);
    if (!consumer.finished) {
      this.#deadline.touch();
      return;
    }
    this.#consumer = null;
    this.#deadline.clear();
    if (used < end) this.#input.append(bytes, used, end);
    consumer.complete();
  }

  /** Stops reading for a while: the upstream does not take it. */
  pause(): void {
    this.#stream.pause();
    this.#deadline.clear();
  }

  resume(): void {
    this.#stream.resume();
    if (this.#consumer !== null) this.#deadline.set(this.#timeout);
  }

  /** Gives up reading; what comes stays unread. */
  stop(): void {
    this.#consumer = null;
    this.#deadline.clear();
  }

  /**
   * The rest of the body will not come: the client closed the connection (400) or was silent (408).
   *
   * @returns whether one was being read
   */
  fail(status: 400 | 408): boolean {
    const consumer = this.#consumer;
    if (consumer === null) return false;
    this.#consumer = null;
    consumer.failed(status);
    return true;
  }

  /**
   * The response is complete and nobody but the consumer wants the rest of the body: calls `done` when the next request can come,
   * `failed` when it will not (ngx_http_discarded_request_body_handler).
   *
   * @param timeout milliseconds between two reads (`lingering_timeout`)
   */
  readOut(timeout: number, done: () => void, failed: () => void): void {
    const consumer = this.#consumer!;
    this.#timeout = timeout;
    this.#deadline.set(timeout);
    this.#consumer = {
      take: (bytes, start, end) => consumer.take(bytes, start, end),
      get finished() {
        return consumer.finished;
      },
      complete: done,
      failed,
    };
  }
}
