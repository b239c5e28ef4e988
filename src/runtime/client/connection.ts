import type { Socket } from 'node:net';
import type { Connection } from '../../engine/api.ts';
import type { Request } from '../../engine/request.ts';
import type { DataPath } from '../data-path.ts';
import { ByteStream } from '../socket/byte-stream.ts';
import type { StreamOwner } from '../socket/byte-stream.ts';
import type { Deadline } from '../socket/deadline.ts';
import { RequestDriver } from './request-driver.ts';

/** Takes a request body off the client's bytes. */
export interface BodyConsumer {
  /** @returns the offset after the last byte that belongs to the body */
  take(bytes: Buffer, start: number, end: number): number;
  /** The body is complete or has failed: nothing more is taken. */
  readonly finished: boolean;
  /** Called once after `finished`, when what follows the body has been put aside. */
  complete(): void;
  /** The client closed the connection (400) or was silent for too long (408). */
  failed(status: 400 | 408): void;
}

/** What happens on a connection: waiting for a request's first byte, reading its head, serving it, reading what is left before the close. */
export type State = 'idle' | 'head' | 'busy' | 'lingering' | 'closed';

/** Bytes of pipelined requests that are taken while a request is being served. */
const readAhead = 65_536;

/** A client's connection: its requests, one after the other. */
export class ClientConnection implements StreamOwner {
  readonly info: Connection;
  readonly stream: ByteStream;
  readonly #path: DataPath;
  readonly #closed: (connection: ClientConnection) => void;
  readonly #deadline: Deadline;
  #state: State = 'idle';
  /** What was read and not used yet begins at `#from`. */
  #input = '';
  #from = 0;
  /** Length of the input when its head was last found incomplete. */
  #tried = 0;
  #parsing = false;
  /** A request has been pipelined behind another (`c->pipeline`). */
  #pipelined = false;
  #driver: RequestDriver | null = null;
  #consumer: BodyConsumer | null = null;
  #bodyTimeout = 0;
  /** Milliseconds of performance.now() when lingering ends, and the time for each read. */
  #lingerUntil = 0;
  #lingerTimeout = 0;
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
    this.#deadline.set(path.rules.headerTimeout(info));
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
    if (this.#consumer !== null) {
      this.#feed(this.#consumer, bytes, 0, length);
      return;
    }
    switch (this.#state) {
      case 'idle':
      case 'head':
        this.#append(bytes, 0, length);
        this.#parse(false);
        break;
      case 'busy':
        this.#append(bytes, 0, length);
        if (this.#input.length - this.#from > readAhead) this.stream.pause();
        break;
      case 'lingering':
        this.#linger();
        break;
      case 'closed':
    }
  }

  onEnd(): void {
    const consumer = this.#consumer;
    if (consumer !== null) {
      this.#consumer = null;
      consumer.failed(400);
    } else if (this.#state === 'busy') this.#driver?.clientClosed(null);
    else this.#gone();
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    const consumer = this.#consumer;
    this.#consumer = null;
    if (consumer !== null) consumer.failed(400);
    else if (this.#state === 'busy') this.#driver?.clientClosed(error);
    // A request that goes on without its client ends the connection when it is over.
    if (this.#driver === null) this.#gone();
  }

  onDrain(): void {
    this.#driver?.clientDrained();
  }

  // --- for the request that is being served

  /**
   * Gives the request's body to `consumer`, first what has been read already.
   *
   * @param timeout milliseconds between two reads (`client_body_timeout`)
   */
  readBody(consumer: BodyConsumer, timeout: number): void {
    this.#bodyTimeout = timeout;
    this.#consumer = consumer;
    const early = this.takeInput();
    if (early.length > 0) this.#feed(consumer, early, 0, early.length);
    if (this.#consumer !== consumer) return;
    if (this.stream.ended || this.stream.closed) {
      this.#consumer = null;
      consumer.failed(400);
      return;
    }
    this.#deadline.set(timeout);
    this.stream.resume();
  }

  /** Stops reading the body for a while (the upstream does not take it), or goes on. */
  pauseBody(): void {
    this.stream.pause();
    this.#deadline.clear();
  }

  resumeBody(): void {
    this.stream.resume();
    if (this.#consumer !== null) this.#deadline.set(this.#bodyTimeout);
  }

  /** Gives up reading the body; what comes stays unread. */
  stopBody(): void {
    this.#consumer = null;
    this.#deadline.clear();
  }

  get readingBody(): boolean {
    return this.#consumer !== null;
  }

  /** What was read beyond the request's head. */
  peekInput(): Buffer {
    return Buffer.from(this.#from === 0 ? this.#input : this.#input.slice(this.#from), 'latin1');
  }

  /** The same, to be used up. */
  takeInput(): Buffer {
    const input = this.peekInput();
    this.#input = '';
    this.#from = 0;
    return input;
  }

  get hasInput(): boolean {
    return this.#input.length > this.#from;
  }

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
      if (this.#consumer !== null) {
        this.#whenDiscarded(request);
        return;
      }
      this.#state = 'idle';
      this.#deadline.set(rules.keepaliveTimeout(request));
      this.stream.resume();
      if (this.hasInput && !this.#parsing) this.#parse(true);
      return;
    }
    this.#path.services.accessLogs.settle();
    const linger = rules.lingering(request);
    const unread = request.lingeringClose || this.hasInput || this.#consumer !== null || this.#pipelined;
    if (linger.mode === 'always' || (linger.mode === 'on' && unread)) {
      this.#consumer = null;
      this.#state = 'lingering';
      this.#lingerUntil = performance.now() + linger.time;
      this.#lingerTimeout = linger.timeout;
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

  #append(bytes: Buffer, start: number, end: number): void {
    const piece = bytes.toString('latin1', start, end);
    if (this.#input.length === this.#from) this.#input = piece;
    else this.#input = (this.#from === 0 ? this.#input : this.#input.slice(this.#from)) + piece;
    this.#from = 0;
  }

  #parse(pipelined: boolean): void {
    this.#parsing = true;
    let more = pipelined;
    do {
      if (!this.#worthTrying()) break;
      this.info.pipelined = more;
      const before = this.#state;
      this.#state = 'busy';
      this.#path.counts.requests++;
      const request = this.#path.engine.begin(this.info, this.#input, this.#from);
      if (request === null) {
        this.#state = before;
        this.#path.counts.requests--;
        this.#incomplete();
        break;
      }
      this.#tried = 0;
      this.#from = request.headEnd;
      if (this.#from >= this.#input.length) {
        this.#input = '';
        this.#from = 0;
      }
      this.#deadline.rest();
      this.#driver = new RequestDriver(this.#path, this, request);
      this.#driver.start();
      this.#pipelined ||= more = this.hasInput;
    } while (more && this.state === 'idle');
    this.#parsing = false;
  }

  /** A head that comes byte by byte is not parsed again for each of them. */
  #worthTrying(): boolean {
    const grown = this.#input.length - this.#tried;
    if (this.#tried < 1024 || grown >= 1024) return true;
    return this.#input.indexOf('\n', this.#tried) >= 0;
  }

  #incomplete(): void {
    this.#tried = this.#input.length;
    if (this.#state === 'head') return;
    if (this.#state === 'idle') {
      // The time for the first head counts from the accept.
      if (this.info.requests > 0 || !this.#deadline.running)
        this.#deadline.set(this.#path.rules.headerTimeout(this.info));
      this.#state = 'head';
    }
  }

  // --- reading bodies

  #feed(consumer: BodyConsumer, bytes: Buffer, start: number, end: number): void {
    const used = consumer.take(bytes, start, end);
    if (!consumer.finished) {
      this.#deadline.touch();
      return;
    }
    this.#consumer = null;
    this.#deadline.clear();
    if (used < end) this.#append(bytes, used, end);
    consumer.complete();
  }

  /** The response is complete, the request's body still comes: it is thrown away before the next request. */
  #whenDiscarded(request: Request): void {
    const consumer = this.#consumer!;
    const linger = this.#path.rules.lingering(request);
    this.#bodyTimeout = linger.timeout;
    this.#deadline.set(linger.timeout);
    this.#consumer = {
      take: (bytes, start, end) => consumer.take(bytes, start, end),
      get finished() {
        return consumer.finished;
      },
      complete: () => this.requestDone(request, false),
      failed: () => this.close(),
    };
  }

  // --- the end

  #linger(): void {
    const left = Math.min(this.#lingerTimeout, this.#lingerUntil - performance.now());
    if (left <= 0) this.close();
    else this.#deadline.set(Math.ceil(left));
  }

  #timedOut(): void {
    const consumer = this.#consumer;
    if (consumer !== null) {
      this.#consumer = null;
      consumer.failed(408);
      return;
    }
    if (this.#state === 'busy') return;
    if (this.#state === 'head') {
      const request = this.#path.engine.abandon(this.info, this.#input, this.#from, 408);
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
      const request = this.#path.engine.abandon(this.info, this.#input, this.#from, 400);
      if (request !== null) this.#finishUnserved(request);
    }
    this.close();
  }

  #over(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#deadline.clear();
    this.#consumer = null;
    this.#closed(this);
  }
}
