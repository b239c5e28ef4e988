import type { Action } from '../../engine/api.ts';
import type { StoredBody } from '../client/request-body.ts';
import type { RequestDriver } from '../client/request-driver.ts';
import type { BodyFraming } from './body-framing.ts';
import type { UpstreamConnection } from './connection.ts';
import { StoredBodySender } from './stored-body-sender.ts';

/** Whose request is being sent. */
export interface SendingUser {
  /** The whole request has left. */
  requestSent(): void;
  /** The client's body cannot be passed on; the action follows instead of an answer. */
  requestFailed(action: Action): void;
  /** What was written has left: `drained` is to be called, unless the request is over. */
  onDrain(): void;
}

/**
 * Sends a request that does not leave at once: with a stored body, or with the client's body as it comes
 * (ngx_http_upstream_send_request and, for `proxy_request_buffering off`, ngx_http_upstream_send_request_body).
 * `proxy_send_timeout` runs between two writes.
 */
export class RequestSender {
  readonly #driver: RequestDriver;
  readonly #connection: UpstreamConnection;
  readonly #framing: BodyFraming;
  readonly #user: SendingUser;
  /** Null while the client's body is being passed on as it comes. */
  #stored: StoredBodySender | null = null;

  constructor(
    driver: RequestDriver,
    connection: UpstreamConnection,
    framing: BodyFraming,
    user: SendingUser,
  ) {
    this.#driver = driver;
    this.#connection = connection;
    this.#framing = framing;
    this.#user = user;
  }

  /** The request has been written to the stream, which has not taken all of it yet. */
  waitForWritten(): void {
    this.#stored = new StoredBodySender(this.#connection.stream, null, this.#framing);
    this.#wait();
  }

  sendStored(head: string, body: StoredBody): void {
    this.#stored = new StoredBodySender(this.#connection.stream, body, this.#framing);
    if (this.#stored.start(head)) this.#user.requestSent();
    else this.#wait();
  }

  /** Sends the head together with what has come of the client's body, and the rest when it comes. */
  passOn(head: string): void {
    const { stream } = this.#connection;
    const { intake, path, request } = this.#driver;
    this.#setDeadline();
    stream.together(() => {
      stream.write(head);
      intake.pass(
        stream,
        this.#framing,
        () => this.#user.requestSent(),
        (status) => this.#user.requestFailed(path.engine.bodyFailed(request, status)),
      );
    });
  }

  /** What was written has left, and the request is still being sent. */
  drained(): void {
    if (this.#stored === null) {
      this.#setDeadline();
      this.#driver.intake.upstreamDrained();
    } else if (this.#stored.resume()) this.#user.requestSent();
    else {
      const { stream, deadline } = this.#connection;
      deadline.touch();
      if (stream.pending > 0) stream.whenFlushed(() => this.#user.onDrain());
    }
  }

  #wait(): void {
    this.#setDeadline();
    this.#connection.stream.whenFlushed(() => this.#user.onDrain());
  }

  #setDeadline(): void {
    const { proxy_send_timeout: timeout } = this.#driver.request.upstream!.settings;
    this.#connection.deadline.set(timeout);
  }
}
