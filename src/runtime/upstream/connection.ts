import type { KeepalivePool } from '../../engine/upstream-exchange.ts';
import type { ConnectionSlots } from '../connection-slots.ts';
import type { ByteStream, StreamOwner } from '../socket/byte-stream.ts';
import type { Clock } from '../socket/clock.ts';
import type { Deadline, Deadlines } from '../socket/deadline.ts';

/** Who uses a connection to an upstream at the moment. */
export interface ConnectionUser extends StreamOwner {
  /** The time set on `connection.deadline` ran out. */
  onTimeout(): void;
}

/** A connection to an upstream; it may serve several requests, one after the other. */
export class UpstreamConnection {
  readonly stream: ByteStream;
  /** Tells which connections can stand in for each other: peer and TLS name. */
  readonly key: string;
  readonly deadline: Deadline;
  /** Time of the connect, by the worker's clock. */
  readonly openedAt: number;
  readonly #slots: ConnectionSlots;
  #closed = false;
  requests = 0;
  #user: ConnectionUser;

  /**
   * @param slots where it has taken its place
   * @param open makes the stream with its first owner
   */
  constructor(
    key: string,
    slots: ConnectionSlots,
    deadlines: Deadlines,
    user: ConnectionUser,
    open: (owner: StreamOwner) => ByteStream,
  ) {
    this.key = key;
    this.#slots = slots;
    this.#user = user;
    this.openedAt = deadlines.clock.now();
    this.deadline = deadlines.create(() => this.#user.onTimeout());
    this.stream = open(user);
  }

  use(user: ConnectionUser): void {
    this.#user = user;
    this.stream.owner = user;
  }

  close(): void {
    if (!this.#closed) this.#slots.give();
    this.#closed = true;
    this.deadline.clear();
    this.stream.destroy();
  }
}

/** A kept connection: whatever happens on it ends it (ngx_http_upstream_keepalive_close_handler). */
class IdleConnection implements ConnectionUser {
  readonly connection: UpstreamConnection;
  readonly #pool: IdleConnection[];

  constructor(connection: UpstreamConnection, pool: IdleConnection[]) {
    this.connection = connection;
    this.#pool = pool;
  }

  onBytes(): void {
    this.#end();
  }

  onEnd(): void {
    this.#end();
  }

  onDrain(): void {
    // Nothing is being written.
  }

  onClose(): void {
    this.#end();
  }

  onTimeout(): void {
    this.#end();
  }

  #end(): void {
    const index = this.#pool.indexOf(this);
    if (index >= 0) this.#pool.splice(index, 1);
    this.connection.close();
  }
}

/** The kept connections of one worker, by upstream. The one used last comes first. */
export class ConnectionPools {
  readonly #pools = new Map<KeepalivePool, IdleConnection[]>();
  readonly #clock: Clock;
  #open = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(pool: KeepalivePool, key: string): UpstreamConnection | null {
    const idle = this.#pools.get(pool);
    if (idle === undefined) return null;
    for (let index = idle.length - 1; index >= 0; index--) {
      const connection = idle[index]!.connection;
      if (connection.key !== key) continue;
      if (index === idle.length - 1) idle.pop();
      else idle.splice(index, 1);
      connection.deadline.rest();
      return connection;
    }
    return null;
  }

  /** Keeps a connection, or closes it when it has served enough. */
  put(pool: KeepalivePool, connection: UpstreamConnection): void {
    const age = this.#clock.now() - connection.openedAt;
    if (
      !this.#open ||
      connection.stream.closed ||
      connection.stream.ended ||
      connection.requests >= pool.requests ||
      age > pool.time
    ) {
      connection.close();
      return;
    }
    let idle = this.#pools.get(pool);
    if (idle === undefined) this.#pools.set(pool, (idle = []));
    if (idle.length >= pool.connections) idle.shift()?.connection.close();
    const entry = new IdleConnection(connection, idle);
    idle.push(entry);
    connection.use(entry);
    connection.deadline.set(pool.timeout);
  }

  /** Closes what is kept and keeps nothing more. */
  close(): void {
    this.#open = false;
    for (const idle of this.#pools.values()) for (const { connection } of idle.splice(0)) connection.close();
  }
}
