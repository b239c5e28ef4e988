import { Clock } from './clock.ts';

/**
 * What connections of one worker share: one buffer that all plain sockets read into, room for copies of what has to outlive the
 * read because it is being written elsewhere, and the clock, which stands still while a read is handled.
 */
export class Buffers {
  /** A WebSocket message of 64 KB and its frame's head come by one read. */
  static readonly readSize = 131_072;
  /** A client that takes nothing keeps the whole slab that its bytes are in, so it is no larger than it has to be. */
  static readonly #slabSize = 2 * Buffers.readSize;

  readonly shared: Buffer = Buffer.allocUnsafeSlow(Buffers.readSize);
  #slab: Buffer = Buffer.allocUnsafeSlow(Buffers.#slabSize);
  #used = 0;
  #lent = 0;
  readonly clock: Clock;

  constructor(clock: Clock = new Clock()) {
    this.clock = clock;
  }

  /**
   * `prefix`, `bytes[start, end)` and `suffix` in a buffer of their own. The memory can be used again after
   * {@link giveBack}, if nothing else was lent in between.
   */
  lend(prefix: string, bytes: Buffer, start: number, end: number, suffix: string): Buffer {
    const size = prefix.length + end - start + suffix.length;
    if (size > Buffers.#slabSize) {
      this.#lent = 0;
      return Buffer.concat([
        Buffer.from(prefix, 'latin1'),
        bytes.subarray(start, end),
        Buffer.from(suffix, 'latin1'),
      ]);
    }
    if (this.#used + size > Buffers.#slabSize) {
      this.#slab = Buffer.allocUnsafeSlow(Buffers.#slabSize);
      this.#used = 0;
    }
    const slab = this.#slab;
    const from = this.#used;
    let at = from;
    if (prefix !== '') at += slab.write(prefix, at, 'latin1');
    at += bytes.copy(slab, at, start, end);
    if (suffix !== '') at += slab.write(suffix, at, 'latin1');
    this.#used = at;
    this.#lent = size;
    return slab.subarray(from, at);
  }

  /** The last copy lent is not needed any more: most writes go to the kernel at once. */
  giveBack(): void {
    this.#used -= this.#lent;
    this.#lent = 0;
  }
}
