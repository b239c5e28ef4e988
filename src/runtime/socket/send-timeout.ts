import type { ByteStream } from './byte-stream.ts';
import type { Deadline, Deadlines } from './deadline.ts';

/** A time for the other side of a stream to take something, as nginx's write timers: however little it takes, the time starts anew. */
export class SendTimeout {
  readonly #stream: Pick<ByteStream, 'queued'>;
  readonly #timeout: number;
  readonly #deadline: Deadline;
  /** Bytes that waited when the time began. */
  #queued = 0;

  /**
   * @param timeout milliseconds
   * @param expired called when nothing was taken for so long
   */
  constructor(
    stream: Pick<ByteStream, 'queued'>,
    deadlines: Deadlines,
    timeout: number,
    expired: () => void,
  ) {
    this.#stream = stream;
    this.#timeout = timeout;
    this.#deadline = deadlines.create(() => {
      if (this.#stream.queued === this.#queued) expired();
      else this.start();
    });
  }

  /** Something waits to be taken. */
  start(): void {
    this.#queued = this.#stream.queued;
    this.#deadline.set(this.#timeout);
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#deadline.clear();
  }
}
