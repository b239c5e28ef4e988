import type { LogLevel } from '../../engine/api.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import type { StoredAnswer } from '../cache/stored-answer.ts';
import type { BodyWriter } from '../client/body-writer.ts';
import { RatePacer } from '../client/rate-pacer.ts';
import type { RequestDriver } from '../client/request-driver.ts';
import type { UpstreamConnection } from './connection.ts';
import { answerReader } from './answer-reader.ts';
import type { AnswerReader, BodyData } from './response-body.ts';
import { ResponseSpool } from './response-spool.ts';

/** Whose answer is being passed on. */
export interface AnswerUser {
  log(level: LogLevel, message: string): void;
  /** All of the answer has come; `keep` when the connection may serve another request. */
  answerComplete(keep: boolean): void;
  /** The body cannot be completed. */
  answerBroken(): void;
  /** Nor does its head go out: a fault came with the first data, when not even the head has left nginx. */
  answerRefused(): void;
  /** The body cannot be completed, because a temporary file cannot be written. */
  fileFailed(error: unknown): void;
}

/**
 * Passes an answer's body on to the client, and to a file where it is stored: takes off the framing, keeps to `proxy_limit_rate`, and
 * stops reading while neither client nor spool takes more (ngx_event_pipe; without buffering
 * ngx_http_upstream_process_non_buffered_upstream).
 */
export class AnswerBody {
  readonly #driver: RequestDriver;
  readonly #exchange: UpstreamExchange;
  readonly #connection: UpstreamConnection;
  readonly #user: AnswerUser;
  readonly #reader: AnswerReader;
  readonly #spool: ResponseSpool;
  /** What the answer goes to besides the client. */
  readonly #store: StoredAnswer | null;
  /** Bytes of the body that have gone towards the client. */
  #passed = 0;
  /** The client does not take data as fast as it comes. */
  #full = false;
  /** `proxy_limit_rate`: what came too fast waits here. */
  #pacer: RatePacer | null = null;
  /** The upstream has closed while something waited. */
  #ended = false;
  /** Nothing more is taken from the upstream. */
  #over = false;

  constructor(
    driver: RequestDriver,
    connection: UpstreamConnection,
    writer: BodyWriter,
    store: StoredAnswer | null,
    user: AnswerUser,
  ) {
    const { path } = driver;
    const exchange = driver.request.upstream!;
    this.#driver = driver;
    this.#exchange = exchange;
    this.#connection = connection;
    this.#user = user;
    this.#store = store;
    const take: BodyData = (data, from, to, last) => this.#pass(data, from, to, last);
    const log = (level: LogLevel, message: string): void => user.log(level, message);
    this.#reader = answerReader(exchange, path.rules.bareLineFeeds, take, log);
    this.#spool = new ResponseSpool(
      writer,
      path.rules.spool(exchange),
      path.tempFiles,
      () => this.#goOn(),
      store?.file ?? null,
      (name) => user.log('warn', `an upstream response is buffered to a temporary file ${name}`),
    );
  }

  /** Takes what came with the head, which has been counted already. */
  begin(bytes: Buffer, start: number, end: number): void {
    const { headerOnly, method } = this.#driver.request;
    // The client gets its head now, although the body is fetched for the file.
    if (headerOnly && this.#store !== null) this.#driver.sink.flush();
    const { contentLength, gateway } = this.#exchange;
    // What stands around no body is read, but not after HEAD.
    const framed = gateway?.framed === true && method !== 'HEAD';
    const over = contentLength === 0 && (end === start || framed);
    // Nobody wants the body: nginx does not wait for it (ngx_http_upstream_send_response).
    if (headerOnly && this.#store === null && !over) this.#finish(false);
    else this.#take(bytes, start, end);
  }

  /** Takes what came next. The bytes are valid during the call only. */
  push(bytes: Buffer, length: number): void {
    this.#exchange.attempt.bytesReceived += length;
    this.#take(bytes, 0, length);
  }

  /** At once, or as `proxy_limit_rate` allows. */
  #take(bytes: Buffer, start: number, end: number): void {
    const { readRate } = this.#exchange;
    if (readRate === 0 || end === start) {
      this.#read(bytes, start, end);
      return;
    }
    this.#pacer ??= new RatePacer(readRate, 0, Date.now());
    this.#pacer.queue(Buffer.from(bytes.subarray(start, end)));
    this.#pace();
  }

  #pace(): void {
    const pacer = this.#pacer!;
    pacer.run(
      (piece) => {
        this.#read(piece, 0, piece.length);
        return !this.#over && !this.#full;
      },
      () => this.#pace(),
    );
    if (this.#over) return;
    const { stream, deadline } = this.#connection;
    if (pacer.pending) {
      stream.pause();
      deadline.clear();
    } else if (this.#ended) this.upstreamEnded();
    else if (!this.#full) this.#readOn();
  }

  #read(bytes: Buffer, start: number, end: number): void {
    const { attempt, buffering } = this.#exchange;
    // What stands around the body counts too.
    attempt.responseLength += end - start;
    const result = this.#reader.push(bytes, start, end);
    if (this.#over) return;
    if (result === 'done') {
      this.#finish(this.#reader.exact);
      return;
    }
    if (result === 'failed' && this.#passed === 0) {
      this.#user.answerRefused();
      return;
    }
    if (result === 'failed' || result === 'broken') {
      this.#break();
      return;
    }
    if (!buffering) this.#driver.flush();
    if (!this.#full) return;
    this.#connection.stream.pause();
    this.#connection.deadline.clear();
  }

  /** Data of the body, without its framing. */
  #pass(bytes: Buffer, start: number, end: number, last: boolean): void {
    this.#passed += end - start;
    if (this.#over) return;
    try {
      if (!this.#spool.push(bytes, start, end, last)) this.#full = true;
    } catch (error) {
      this.#user.fileFailed(error);
    }
  }

  /** The client takes data again. */
  #goOn(): void {
    this.#full = false;
    if (this.#over) return;
    if (this.#pacer?.pending) this.#pace();
    else this.#readOn();
  }

  #readOn(): void {
    this.#connection.deadline.set(this.#exchange.settings.proxy_read_timeout);
    this.#connection.stream.resume();
  }

  /** The upstream has closed the connection: the body's end, or too early. */
  upstreamEnded(): void {
    if (this.#pacer?.pending) this.#ended = true;
    else if (this.#reader.untilClose) {
      const { declaredLength } = this.#exchange;
      this.#finish(false, declaredLength < 0 || declaredLength === this.#passed);
    } else {
      this.#user.log('error', 'upstream prematurely closed connection');
      this.#break();
    }
  }

  /** The client gets what there is of it. */
  #break(): void {
    if (this.#flush()) this.#user.answerBroken();
  }

  /** Gives the writer what has been collected; false when a temporary file failed, which ends the answer. */
  #flush(): boolean {
    try {
      this.#spool.flush();
      return true;
    } catch (error) {
      this.#user.fileFailed(error);
      return false;
    }
  }

  /** `whole`: it is all that its head promised, which an answer to HEAD may well not be. */
  #finish(keep: boolean, whole = true): void {
    if (!this.#flush()) return;
    if (whole) this.#store?.keep();
    else this.#store?.drop();
    this.#over = true;
    this.#pacer?.close();
    this.#user.answerComplete(keep);
    this.#spool.end(() => this.#driver.endBody());
  }

  /** Gives up reading; nothing is stored. What the client has not taken yet still goes to it. */
  breakOff(): void {
    if (!this.#over) this.#store?.drop();
    this.#over = true;
    this.#pacer?.close();
  }

  /** Lets go of everything: the client is gone. */
  close(): void {
    this.breakOff();
    this.#spool.close();
  }
}
