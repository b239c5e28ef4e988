import type { ErrorLogger } from './log/error-log.ts';

/** A connection that may be closed when others need its place. */
export interface Reusable {
  /** Nothing is lost with it: it waits for a request, or for a client to close. */
  readonly reusable: boolean;
  /** Since when it waits, by the worker's clock. */
  readonly waitingSince: number;
  close(): void;
}

/** As many are closed at once, at most. */
const mostReused = 32;

/**
 * Counts what `worker_connections` bounds: one for each listening socket and for the channel to a master, for each client from the
 * accept on, and for each connection to an upstream, kept ones as well (ngx_get_connection, ngx_drain_connections).
 */
export class ConnectionSlots {
  readonly #limit: number;
  readonly #log: ErrorLogger;
  readonly #clients: () => readonly Reusable[];
  #used: number;
  /** The second in which reuse was told last. */
  #told = 0;

  /** @param clients asked for connections that may be reused */
  constructor(limit: number, used: number, log: ErrorLogger, clients: () => readonly Reusable[]) {
    this.#limit = limit;
    this.#used = used;
    this.#log = log;
    this.#clients = clients;
  }

  /** nginx's message when `take` says no. */
  get refusal(): string {
    return `${this.#limit} worker_connections are not enough`;
  }

  /** Takes a place for a new connection; false when there is none. */
  take(): boolean {
    if (this.#limit - this.#used <= this.#limit >> 4) this.#reuse();
    if (this.#used >= this.#limit) return false;
    this.#used++;
    return true;
  }

  give(): void {
    this.#used--;
  }

  /** Closes those that have waited longest. */
  #reuse(): void {
    const waiting = this.#clients().filter(({ reusable }) => reusable);
    if (waiting.length === 0) return;
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#told) this.#log.write('warn', `${this.refusal}, reusing connections`);
    this.#told = second;
    waiting.sort((one, other) => one.waitingSince - other.waitingSince);
    const count = Math.max(1, Math.min(mostReused, Math.floor(waiting.length / 8)));
    for (const client of waiting.slice(0, count)) client.close();
  }
}
