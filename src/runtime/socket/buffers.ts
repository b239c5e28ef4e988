/**
 * The memory that connections of one worker share: one buffer that all plain sockets read into, and room for copies of what has to
 * outlive the read because it is being written elsewhere.
 */
export class Buffers {
  static readonly readSize = 65_536;
  static readonly #slabSize = 4 * 65_536;

  readonly shared: Buffer = Buffer.allocUnsafeSlow(Buffers.readSize);
  #slab: Buffer = Buffer.allocUnsafeSlow(Buffers.#slabSize);
  #used = 0;
  #lent = 0;

  /** A copy of `bytes[start, end)` that stays valid. */
  copy(bytes: Buffer, start: number, end: number): Buffer {
    const size = end - start;
    if (size > Buffers.#slabSize) return Buffer.from(bytes.subarray(start, end));
    if (this.#used + size > Buffers.#slabSize) {
      this.#slab = Buffer.allocUnsafeSlow(Buffers.#slabSize);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used = from + size;
    bytes.copy(this.#slab, from, start, end);
    return this.#slab.subarray(from, this.#used);
  }

  /** Like {@link copy}; the memory can be used again after {@link giveBack}, if nothing was copied in between. */
  lend(bytes: Buffer, start: number, end: number): Buffer {
    const copy = this.copy(bytes, start, end);
    this.#lent = copy.buffer === this.#slab.buffer ? copy.length : 0;
    return copy;
  }

  /** The last copy lent is not needed any more: most writes go to the kernel at once. */
  giveBack(): void {
    this.#used -= this.#lent;
    this.#lent = 0;
  }
}
