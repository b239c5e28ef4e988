import type { Socket } from 'node:net';
import type { Connection } from '../../engine/api.ts';
import type { Request } from '../../engine/request.ts';
import type { Reusable } from '../connection-slots.ts';
import type { DataPath } from '../data-path.ts';
import { ByteStream } from '../socket/byte-stream.ts';
import type { StreamOwner } from '../socket/byte-stream.ts';
import type { Deadline } from '../socket/deadline.ts';
import { BodyFeed } from './body-feed.ts';
import { Lingering } from './lingering.ts';
import { ReceivedInput } from './received-input.ts';
import { RequestDriver } from './request-driver.ts';

/** What happens on a connection: waiting for a request's first byte, reading its head, serving it, reading what is left before the close. */
export type State = 'idle' | 'head' | 'busy' | 'lingering' | 'closed';

/** Bytes of pipelined requests that are taken while a request is being served. */
const readAhead = 65_536;

/** A client's connection: its requests, one after the other. */
export class ClientConnection implements StreamOwner, Reusable {
  readonly info: Connection;
  readonly stream: ByteStream;
  /** What was read and not used yet. */
  readonly input = new ReceivedInput();
  /** The body of the request that is being served, as it is read. */
  readonly body: BodyFeed;
  list: Reusable['list'] = null;
  previous: Reusable | null = null;
  next: Reusable | null = null;
  readonly #path: DataPath;
  readonly #closed: (connection: ClientConnection) => void;
  readonly #deadline: Deadline;
  #state: State = 'idle';
  #parsing = false;
  /** A request has been pipelined behind another (`c->pipeline`). */
  #pipelined = false;
  #driver: RequestDriver | null = null;
  /** After the last request. */
  #lingering: Lingering | null = null;
  #resetOnTimeout = false;

  /** @param closed called once when the connection is over */
  constructor(
    path: DataPath,
    socket: Socket,
    info: Connection,
    closed: (connection: ClientConnection) => void,
  ) {
    this.#path = path;
    this.info = info;
    this.#closed = closed;
    this.#deadline = path.deadlines.create(() => this.#timedOut());
    this.stream = ByteStream.accepted(socket, path.buffers, this);
    this.body = new BodyFeed(this.stream, this.#deadline, this.input);
    this.#deadline.set(path.rules.headerTimeout(info));
    path.slots.setReusable(this, true);
  }

  get state(): State {
    return this.#state;
  }

  /** The connection is kept after a request, and no other has begun: it may be closed without loss. */
  get kept(): boolean {
    return this.#state === 'idle' && this.info.requests > 0;
  }

  // --- the stream

  onBytes(bytes: Buffer, length: number): void {
    if (this.body.active) {
      this.body.push(bytes, 0, length);
      return;
    }
    switch (this.#state) {
      case 'idle':
      case 'head':
        this.input.append(bytes, 0, length);
        this.#parse(false);
        break;
      case 'busy':
        this.input.append(bytes, 0, length);
        if (this.input.length > readAhead) this.stream.pause();
        break;
      case 'lingering':
        this.#linger();
        break;
      case 'closed':
    }
  }

  onEnd(): void {
    if (this.body.fail(400)) return;
    if (this.#state === 'busy') this.#driver?.clientClosed(null);
    else this.#gone();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    if (!this.body.fail(400) && this.#state === 'busy') this.#driver?.clientClosed(error);
    // A request that goes on without its client ends the connection when it is over.
    if (this.#driver === null) this.#gone();
  }

  onDrain(): void {
    this.#driver?.clientDrained();
  }

  // --- for the request that is being served

  /** The request is over: the next one, or the end of the connection. */
  requestDone(request: Request, broken: boolean): void {
    this.#driver = null;
    if (this.#state === 'closed') return;
    if (broken || this.stream.closed || this.stream.ended) {
      this.#path.services.accessLogs.settle();
      this.close();
      return;
    }
    const rules = this.#path.rules;
    if (request.keepalive && !this.#path.draining) {
      if (this.body.active) {
        this.body.readOut(
          rules.lingering(request).timeout,
          () => this.requestDone(request, false),
          () => this.close(),
        );
        return;
      }
      this.#state = 'idle';
      this.#path.slots.setReusable(this, true);
      this.#deadline.set(rules.keepaliveTimeout(request));
      this.stream.resume();
      if (this.input.length > 0 && !this.#parsing) this.#parse(true);
      return;
    }
    this.#path.services.accessLogs.settle();
    const linger = rules.lingering(request);
    const unread = request.lingeringClose || this.input.length > 0 || this.body.active || this.#pipelined;
    if (Lingering.wanted(linger, unread)) {
      this.body.stop();
      this.#state = 'lingering';
      this.#path.slots.setReusable(this, true);
      this.#lingering = new Lingering(linger);
      this.stream.shutdown();
      this.stream.resume();
      this.#linger();
      return;
    }
    this.close();
  }

  /** Closes at once; the request being served ends as given up by the client. */
  terminate(): void {
    const driver = this.#driver;
    if (driver !== null) driver.abort(0);
    if (this.#state !== 'closed') this.close();
  }

  close(): void {
    this.#over();
    this.stream.close();
  }

  /** After a timeout: with a RST where `reset_timedout_connection` asks for it. */
  closeTimedOut(reset: boolean): void {
    this.#over();
    if (reset) this.stream.reset();
    else this.stream.destroy();
  }

  // --- reading requests

  #parse(pipelined: boolean): void {
    this.#parsing = true;
    let more = pipelined;
    do {
      if (!this.input.worthTrying) break;
      this.info.pipelined = more;
      const before = this.#state;
      this.#state = 'busy';
      this.#path.counts.requests++;
      const request = this.#path.engine.begin(this.info, this.input.text, this.input.from);
      if (request === null) {
        this.#state = before;
        this.#path.counts.requests--;
        this.#incomplete();
        break;
      }
      this.#path.slots.setReusable(this, false);
      this.input.headFound(request.headEnd);
      this.#deadline.rest();
      this.#driver = new RequestDriver(this.#path, this, request);
      this.#driver.start();
      more = this.input.length > 0;
      this.#pipelined ||= more;
    } while (more && this.state === 'idle');
    this.#parsing = false;
  }

  #incomplete(): void {
    this.input.headIncomplete();
    if (this.#state === 'head') return;
    if (this.#state === 'idle') {
      // The time for the first head counts from the accept.
      if (this.info.requests > 0 || !this.#deadline.running)
        this.#deadline.set(this.#path.rules.headerTimeout(this.info));
      this.#state = 'head';
      this.#path.slots.setReusable(this, false);
    }
  }

  // --- the end

  #linger(): void {
    const left = this.#lingering?.left ?? 0;
    if (left === 0) this.close();
    else this.#deadline.set(left);
  }

  #timedOut(): void {
    if (this.body.fail(408) || this.#state === 'busy') return;
    if (this.#state === 'head') {
      const request = this.#path.engine.abandon(this.info, this.input.text, this.input.from, 408);
      if (request !== null) this.#finishUnserved(request);
      this.closeTimedOut(this.#resetOnTimeout);
      return;
    }
    this.close();
  }

  #finishUnserved(request: Request): void {
    this.#resetOnTimeout = this.#path.rules.resetTimedOut(request);
    this.#path.logAccess(request);
    this.#path.engine.finish(request);
  }

  /** The client has closed the connection while no request was being served. */
  #gone(): void {
    if (this.#state === 'head') {
      const request = this.#path.engine.abandon(this.info, this.input.text, this.input.from, 400);
      if (request !== null) this.#finishUnserved(request);
    }
    this.close();
  }

  #over(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#path.slots.setReusable(this, false);
    this.body.stop();
    this.#closed(this);
  }
}
