/** How a connection is closed that may still have something to read. Times in milliseconds. */
export interface LingeringRules {
  /** `lingering_close` */
  readonly mode: 'off' | 'on' | 'always';
  /** In all, and for each read (`lingering_time`, `lingering_timeout`). */
  readonly time: number;
  readonly timeout: number;
}

/**
 * How long a connection whose last answer was sent still reads, so that the client gets the answer instead of a reset
 * (ngx_http_set_lingering_close, ngx_http_lingering_close_handler).
 */
export class Lingering {
  /** Milliseconds of performance.now(). */
  readonly #until: number;
  readonly #timeout: number;

  constructor(rules: LingeringRules) {
    this.#until = performance.now() + rules.time;
    this.#timeout = rules.timeout;
  }

  /** Milliseconds for the next read; 0 when the time is over. */
  get left(): number {
    const left = Math.min(this.#timeout, this.#until - performance.now());
    return left <= 0 ? 0 : Math.ceil(left);
  }

  /** @param unread the client has sent, or may still be sending, what nobody reads */
  static wanted(rules: LingeringRules, unread: boolean): boolean {
    return rules.mode === 'always' || (rules.mode === 'on' && unread);
  }
}
