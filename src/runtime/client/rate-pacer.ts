/** Sends no more than a rate allows since the beginning of the request (`limit_rate`; ngx_http_write_filter). */
export class RatePacer {
  readonly #rate: number;
  readonly #after: number;
  /** Whole seconds, as nginx counts. */
  readonly #startSecond: number;
  readonly #pieces: Buffer[] = [];
  #sent = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /**
   * @param rate bytes per second
   * @param after bytes that are sent without a limit
   * @param startedAt milliseconds since the epoch
   */
  constructor(rate: number, after: number, startedAt: number) {
    this.#rate = rate;
    this.#after = after;
    this.#startSecond = Math.floor(startedAt / 1000);
  }

  get pending(): boolean {
    return this.#pieces.length > 0;
  }

  queue(bytes: Buffer): void {
    this.#pieces.push(bytes);
  }

  /**
   * Writes what may be sent now; calls `again` when more may be.
   *
   * @param write gives false when the client does not take more; then the caller runs again after the drain
   * @returns whether everything was written
   */
  run(write: (bytes: Buffer) => boolean, again: () => void): boolean {
    while (this.#timer === null && !this.#closed) {
      const piece = this.#pieces[0];
      if (piece === undefined) return true;
      const seconds = Math.floor(Date.now() / 1000) - this.#startSecond + 1;
      const allowed = this.#rate * seconds - (this.#sent - this.#after);
      if (allowed <= 0) {
        this.#wait((-allowed * 1000) / this.#rate + 1, again);
        break;
      }
      const size = Math.min(allowed, piece.length);
      if (size === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(size);
      this.#sent += size;
      const room = write(size === piece.length ? piece : piece.subarray(0, size));
      if (this.#sent > this.#after && this.#pieces.length > 0) this.#wait((size * 1000) / this.#rate, again);
      if (!room) break;
    }
    return false;
  }

  close(): void {
    this.#closed = true;
    this.#pieces.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wait(milliseconds: number, again: () => void): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      again();
    }, milliseconds);
  }
}
