import type { ErrorLogger } from './log/error-log.ts';
import { LinkedList, type Linked } from './socket/linked-list.ts';

/** A connection that may be closed when others need its place. */
export interface Reusable extends Linked<Reusable> {
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
  /** Those with which nothing is lost, the one that has waited longest first (ngx_cycle->reusable_connections_queue). */
  readonly #reusable = new LinkedList<Reusable>();
  #used: number;
  /** The second in which reuse was told last. */
  #told = 0;

  constructor(limit: number, used: number, log: ErrorLogger) {
    this.#limit = limit;
    this.#used = used;
    this.#log = log;
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

  /** Tells whether nothing is lost with a connection: it waits for a request, or for a client to close (ngx_reusable_connection). */
  setReusable(connection: Reusable, reusable: boolean): void {
    if ((connection.list !== null) === reusable) return;
    if (reusable) this.#reusable.append(connection);
    else this.#reusable.remove(connection);
  }

  /** Closes those that have waited longest. */
  #reuse(): void {
    const waiting = this.#reusable;
    if (waiting.length === 0) return;
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#told) this.#log.write('warn', `${this.refusal}, reusing connections`);
    this.#told = second;
    let left = Math.max(1, Math.min(mostReused, Math.floor(waiting.length / 8)));
    for (; left > 0 && waiting.first !== null; left--) {
      const client = waiting.first;
      waiting.remove(client);
      client.close();
    }
  }
}
