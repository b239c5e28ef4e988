/**
 * The monotonic clock of one worker, in milliseconds of `performance.now()`. While bytes of a socket are being handled it stands
 * still, as nginx's does for a whole turn of its event loop (ngx_time_update): a request asks for the time a dozen times, and each
 * answer of the system costs as much as reading a header line.
 */
export class Clock {
  #time = 0;
  #held = false;

  now(): number {
    return this.#held ? this.#time : performance.now();
  }

  /** Stands still until {@link release}. */
  hold(): void {
    this.#time = performance.now();
    this.#held = true;
  }

  release(): void {
    this.#held = false;
  }
}
