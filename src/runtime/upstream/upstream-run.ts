import type { Action, UpstreamFailure } from '../../engine/api.ts';
import type { LogLevel } from '../../engine/api.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import { StoredAnswer } from '../cache/stored-answer.ts';
import type { StoredBody } from '../client/request-body.ts';
import { RatePacer } from '../client/rate-pacer.ts';
import type { RequestDriver } from '../client/request-driver.ts';
import { errnoOf, errnoText } from '../errno.ts';
import type { TunnelEnd } from '../tunnel/tunnel.ts';
import { framingOf } from './body-framing.ts';
import { UpstreamConnection } from './connection.ts';
import type { ConnectionUser } from './connection.ts';
import { FastcgiBody } from './fastcgi-body.ts';
import { openUpstream } from './open.ts';
import { RequestSender } from './request-sender.ts';
import type { AnswerReader, BodyData } from './response-body.ts';
import { ResponseBody } from './response-body.ts';
import { ResponseSpool } from './response-spool.ts';

type Stage = 'connecting' | 'head' | 'body' | 'tunnel' | 'over';

/** One attempt at one peer: connects, sends the request, reads the answer (in spirit: ngx_http_upstream.c). */
export class UpstreamRun implements ConnectionUser {
  readonly #driver: RequestDriver;
  readonly #exchange: UpstreamExchange;
  #connection: UpstreamConnection | null = null;
  #sender: RequestSender | null = null;
  #stage: Stage = 'connecting';
  /** Bytes that earlier requests sent on the connection. */
  #sentBefore = -1;
  /** The client's body is being passed on as it comes. */
  #passing = false;
  /** The whole request has left. */
  #requestSent = false;
  /** What has come of the head. */
  #head = '';
  #body: AnswerReader | null = null;
  #spool: ResponseSpool | null = null;
  /** Data of the body has gone towards the client. */
  #passedOn = false;
  /** The file that the answer goes to besides the client. */
  #store: StoredAnswer | null = null;
  /** The client does not take data as fast as it comes. */
  #full = false;
  /** `proxy_limit_rate`: what came too fast waits here. */
  #pacer: RatePacer | null = null;
  /** The upstream has closed while something waited. */
  #ended = false;
  /** What was going on, for the error log. */
  activity = 'connecting to upstream';

  constructor(driver: RequestDriver) {
    this.#driver = driver;
    this.#exchange = driver.request.upstream!;
  }

  /** The connection to the upstream is in use. */
  get active(): boolean {
    return this.#stage !== 'over';
  }

  start(): void {
    const { path } = this.#driver;
    const exchange = this.#exchange;
    const key = !exchange.tls ? exchange.peer.name : `${exchange.peer.name} ${exchange.tlsName}`;
    const kept = exchange.pool === null ? null : path.pools.take(exchange.pool, key);
    exchange.cached = kept !== null;
    if (kept !== null) {
      this.#connection = kept;
      kept.use(this);
      this.#connected();
      return;
    }
    try {
      const connection = new UpstreamConnection(key, path.deadlines, this, (owner) =>
        openUpstream(path, exchange, owner, (refused) => this.#opened(refused)),
      );
      this.#connection = connection;
      connection.deadline.set(exchange.settings.proxy_connect_timeout);
    } catch (error) {
      this.#log('crit', (error as Error).message);
      queueMicrotask(() => this.#fail('error'));
    }
  }

  #opened(refused: string | null): void {
    if (this.#stage !== 'connecting') return;
    if (refused === null) {
      this.#connected();
      return;
    }
    this.activity = 'SSL handshaking to upstream';
    this.#log('error', refused);
    this.#fail('error');
  }

  // --- the request

  #connected(): void {
    if (this.#stage !== 'connecting') return;
    const { path, request } = this.#driver;
    const exchange = this.#exchange;
    const connection = this.#connection!;
    connection.requests++;
    exchange.attempt.connectTime = path.engine.world.monotonic() - exchange.attempt.started;
    this.#stage = 'head';
    if (exchange.headless) {
      this.#openAtOnce();
      return;
    }
    this.activity = 'sending request to upstream';
    const head = path.engine.upstreamRequestHead(request);
    exchange.requestSent = true;
    this.#sentBefore = connection.stream.written;
    const body =
      exchange.passBody && !exchange.ownBody ? (request.main.requestBody as StoredBody | null) : null;
    this.#passing = exchange.passBody && !exchange.ownBody && body === null && this.#driver.hasBody;
    const framing = framingOf(exchange);
    if (body === null && !this.#passing) {
      // Most requests have no body and leave at once.
      connection.stream.write(exchange.fastcgi ? head + framing.end : head);
      if (connection.stream.pending === 0) {
        this.#sent();
        return;
      }
    }
    const sender = new RequestSender(connection.stream, body, framing);
    this.#sender = sender;
    if (this.#passing) {
      connection.deadline.set(exchange.settings.proxy_send_timeout);
      connection.stream.together(() => {
        sender.start(head);
        this.#driver.intake.pass(
          connection.stream,
          framing,
          () => {
            this.#passing = false;
            this.#sent();
          },
          (status) => this.#giveUp(path.engine.bodyFailed(request, status)),
        );
      });
    } else if (body !== null && sender.start(head)) this.#sent();
    else {
      connection.deadline.set(exchange.settings.proxy_send_timeout);
      connection.stream.whenFlushed(() => this.onDrain());
    }
  }

  /** The tunnel of a CONNECT request. */
  #openAtOnce(): void {
    const { engine } = this.#driver.path;
    const { attempt } = this.#exchange;
    attempt.headerTime = engine.world.monotonic() - attempt.started;
    this.#sentBefore = this.#connection!.stream.written;
    const action = engine.upstreamHead(this.#driver.request, '');
    if (action === 'tunnel') this.#tunnel(Buffer.alloc(0), 0, 0);
    else this.#giveUp(action!);
  }

  #sent(): void {
    this.#requestSent = true;
    if (this.#stage !== 'head') return;
    this.activity = 'reading response header from upstream';
    this.#connection!.deadline.set(this.#exchange.settings.proxy_read_timeout);
  }

  onDrain(): void {
    if (this.#stage === 'over' || this.#stage === 'connecting' || this.#requestSent) return;
    if (this.#passing) {
      this.#connection!.deadline.set(this.#exchange.settings.proxy_send_timeout);
      this.#driver.intake.upstreamDrained();
    } else if (this.#sender?.resume() ?? true) this.#sent();
    else {
      this.#connection!.deadline.touch();
      if (this.#connection!.stream.pending > 0) this.#connection!.stream.whenFlushed(() => this.onDrain());
    }
  }

  // --- the answer

  onBytes(bytes: Buffer, length: number): void {
    this.#connection!.deadline.touch();
    if (this.#stage === 'head') this.#readHead(bytes, length);
    else if (this.#stage === 'body') this.#take(bytes, 0, length);
  }

  #readHead(bytes: Buffer, length: number): void {
    const exchange = this.#exchange;
    const { path, request } = this.#driver;
    exchange.attempt.bytesReceived += length;
    this.activity = 'reading response header from upstream';
    const before = this.#head.length;
    let limit: number;
    let head: string;
    let action: Action | null;
    do {
      limit = exchange.headLimit;
      head = this.#head + bytes.toString('latin1', 0, Math.min(length, limit - before));
      action = path.engine.upstreamHead(request, head);
    } while (action === null && limit < exchange.headLimit && head.length < before + length);
    this.#head = head;
    if (exchange.earlyHints !== '') {
      this.#driver.client.stream.write(exchange.earlyHints);
      exchange.earlyHints = '';
    }
    if (action === null) {
      if (head.length < exchange.headLimit) return;
      this.#log('error', 'upstream sent too big header');
      this.#fail('invalid_header');
      return;
    }
    exchange.attempt.headerTime = path.engine.world.monotonic() - exchange.attempt.started;
    const start = exchange.headEnd - before;
    this.#head = '';
    if (action === 'forward') {
      const whole =
        head.length === before + length && length - start === exchange.contentLength && !exchange.fastcgi;
      if (whole) this.#forwardWhole(head.slice(exchange.headEnd));
      else this.#forward(bytes, start, length);
    } else if (action === 'tunnel') this.#tunnel(bytes, start, length);
    else this.#giveUp(action);
  }

  /** A small answer that came in one piece. */
  #forwardWhole(body: string): void {
    const exchange = this.#exchange;
    exchange.attempt.responseLength += body.length;
    this.activity = 'reading upstream';
    this.#driver.writeHead();
    if (this.#isReplaced()) return;
    if (exchange.stores && !this.#storeWhole(body)) return;
    this.#release(true);
    this.#driver.endWhole(body);
  }

  #forward(bytes: Buffer, start: number, end: number): void {
    const driver = this.#driver;
    this.#stage = 'body';
    this.activity = 'reading upstream';
    this.#connection!.deadline.set(this.#exchange.settings.proxy_read_timeout);
    const exchange = this.#exchange;
    const take: BodyData = (data, from, to, last) => this.#pass(data, from, to, last);
    const log = (level: LogLevel, message: string): void => this.#log(level, message);
    this.#body = exchange.fastcgi
      ? new FastcgiBody(exchange, take, log)
      : new ResponseBody(exchange, driver.path.rules.bareLineFeeds, take, log);
    const writer = driver.beginResponse();
    if (this.#isReplaced()) return;
    if (this.#exchange.stores && !this.#openStore()) return;
    this.#spool = new ResponseSpool(
      writer,
      driver.path.rules.spool(this.#exchange),
      driver.path.tempFiles,
      () => this.#goOn(),
      this.#store?.file ?? null,
    );
    // The client gets its head now, although the body is fetched for the file.
    if (driver.request.headerOnly && this.#store !== null) driver.sink.flush();
    // Nobody wants the body: nginx does not wait for it (ngx_http_upstream_send_response).
    if (
      driver.request.headerOnly &&
      this.#store === null &&
      (exchange.contentLength !== 0 || exchange.fastcgi)
    )
      this.#finish(false);
    else this.#take(bytes, start, end, true);
  }

  /** A page of nginx's own stands in for the answer: a condition or range of the client could not be met. */
  #isReplaced(): boolean {
    const page = this.#driver.request.body;
    if (typeof page !== 'string') return false;
    this.#release(false);
    this.#driver.endWhole(page);
    return true;
  }

  /** Opens the file that the answer goes to, if it goes to one. Whether the answer can go on. */
  #openStore(): boolean {
    const { path, request } = this.#driver;
    try {
      this.#store = StoredAnswer.open(path, request, (message) => this.#log('crit', message));
      return true;
    } catch (error) {
      return this.#cannotStore(error);
    }
  }

  #cannotStore(error: unknown): false {
    this.#log('crit', `writing a temporary file failed ${errnoText(errnoOf(error))}`);
    this.#breakOff();
    return false;
  }

  #storeWhole(body: string): boolean {
    if (!this.#openStore()) return false;
    const store = this.#store;
    if (store === null) return true;
    try {
      store.file.append(Buffer.from(body, 'latin1'), 0, body.length);
    } catch (error) {
      return this.#cannotStore(error);
    }
    store.keep();
    store.file.close();
    return true;
  }

  /** Bytes of the body: at once, or as `proxy_limit_rate` allows. */
  #take(bytes: Buffer, start: number, end: number, first = false): void {
    const { readRate, attempt } = this.#exchange;
    if (readRate === 0 || end === start) {
      this.#readBody(bytes, start, end, first);
      return;
    }
    if (!first) attempt.bytesReceived += end - start;
    this.#pacer ??= new RatePacer(readRate, 0, Date.now());
    this.#pacer.queue(Buffer.from(bytes.subarray(start, end)));
    this.#pace();
  }

  #pace(): void {
    const pacer = this.#pacer!;
    pacer.run(
      (piece) => {
        this.#readBody(piece, 0, piece.length, true);
        return this.#stage === 'body' && !this.#full;
      },
      () => this.#pace(),
    );
    if (this.#stage !== 'body') return;
    const { stream, deadline } = this.#connection!;
    if (pacer.pending) {
      stream.pause();
      deadline.clear();
    } else if (this.#ended) this.onEnd();
    else if (!this.#full) {
      deadline.set(this.#exchange.settings.proxy_read_timeout);
      stream.resume();
    }
  }

  #readBody(bytes: Buffer, start: number, end: number, first = false): void {
    const body = this.#body!;
    const { attempt, buffering } = this.#exchange;
    if (!first) attempt.bytesReceived += end - start;
    // Of chunked answers the framing counts too.
    if (this.#exchange.chunked) attempt.responseLength += end - start;
    const result = body.push(bytes, start, end);
    if (this.#stage !== 'body') return;
    if (result === 'done') {
      this.#finish(body.exact);
      return;
    }
    if (result === 'failed') {
      this.#malformed();
      return;
    }
    if (!buffering) this.#driver.flush();
    if (!this.#full) return;
    this.#connection!.stream.pause();
    this.#connection!.deadline.clear();
  }

  #pass(bytes: Buffer, start: number, end: number, last: boolean): void {
    this.#passedOn = true;
    if (!this.#exchange.chunked) this.#exchange.attempt.responseLength += end - start;
    try {
      if (!this.#spool!.push(bytes, start, end, last)) this.#full = true;
    } catch (error) {
      this.#log('crit', `writing a temporary file failed ${errnoText(errnoOf(error))}`);
      this.#breakOff();
    }
  }

  /** The client takes data again. */
  #goOn(): void {
    this.#full = false;
    if (this.#stage !== 'body') return;
    if (this.#pacer?.pending) {
      this.#pace();
      return;
    }
    this.#connection!.deadline.set(this.#exchange.settings.proxy_read_timeout);
    this.#connection!.stream.resume();
  }

  onEnd(): void {
    switch (this.#stage) {
      case 'head':
        this.#log('error', 'upstream prematurely closed connection');
        this.#fail('error');
        break;
      case 'body':
        if (this.#pacer?.pending) this.#ended = true;
        else if (this.#body!.untilClose) this.#finish(false);
        else {
          this.#log('error', 'upstream prematurely closed connection');
          this.#spool!.flush();
          this.#breakOff();
        }
        break;
      default:
    }
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    if (this.#stage === 'over') return;
    if (error === null && this.#stage !== 'connecting') {
      this.onEnd();
      return;
    }
    const code = error?.code ?? 'ECONNRESET';
    const text = error !== null && error.errno === undefined ? error.message : errnoText(code);
    const call =
      this.#exchange.tls && error?.errno === undefined
        ? 'SSL_do_handshake()'
        : failedCall(this.#stage, error);
    this.#log('error', `${call} failed ${text}`);
    if (this.#stage === 'body') this.#breakOff();
    else this.#fail('error');
  }

  onTimeout(): void {
    this.#log('error', `upstream timed out ${errnoText('ETIMEDOUT')}`);
    if (this.#stage === 'body') this.#breakOff();
    else this.#fail('timeout');
  }

  // --- tunnels

  #tunnel(bytes: Buffer, start: number, end: number): void {
    this.#stage = 'tunnel';
    this.#sender = null;
    this.activity = 'proxying upgraded connection';
    this.#exchange.attempt.bytesReceived -= end - start;
    this.#driver.openTunnel(this.#connection!, bytes, start, end, (why) => this.#tunnelEnded(why));
  }

  #tunnelEnded(why: TunnelEnd): void {
    if (this.#stage !== 'tunnel') return;
    if (why === 'upstream-timeout') this.#log('error', `upstream timed out ${errnoText('ETIMEDOUT')}`);
    if (why === 'client-timeout') this.#log('info', `client timed out ${errnoText('ETIMEDOUT')}`);
    this.#close();
    this.#done();
    this.#driver.tunnelEnded();
  }

  // --- ends

  /** The answer is complete. */
  #finish(keep: boolean): void {
    if (this.#store !== null) {
      try {
        this.#spool!.flush();
      } catch (error) {
        this.#cannotStore(error);
        return;
      }
      this.#store.keep();
    }
    this.#release(keep);
    this.#spool!.end(() => this.#driver.endBody());
  }

  /** The exchange is over: the connection is kept if it can be used again, and closed otherwise. */
  #release(keep: boolean): void {
    const exchange = this.#exchange;
    const connection = this.#connection!;
    this.#stage = 'over';
    this.#driver.stopPassing();
    this.#done();
    if (
      keep &&
      exchange.keepalive &&
      exchange.pool !== null &&
      this.#requestSent &&
      !connection.stream.ended
    ) {
      connection.stream.resume();
      this.#driver.path.pools.put(exchange.pool, connection);
    } else connection.close();
  }

  /** The body cannot be completed. */
  #breakOff(): void {
    this.#store?.drop();
    this.#close();
    this.#done();
    this.#driver.breakOff();
  }

  /** A fault in the body's framing: if it came with the first data, not even the head has left nginx. */
  #malformed(): void {
    if (this.#passedOn) {
      this.#spool!.flush();
      this.#breakOff();
      return;
    }
    this.#store?.drop();
    this.#close();
    this.#done();
    this.#driver.giveUp();
  }

  /** Before a head came. */
  #fail(failure: UpstreamFailure): void {
    if (this.#stage === 'over') return;
    this.#setResponseTime();
    this.#giveUp(this.#driver.path.engine.upstreamFailed(this.#driver.request, failure));
  }

  /** Something else follows: another attempt, an error page. */
  #giveUp(action: Action): void {
    this.#close();
    this.#driver.proceed(action);
  }

  /** The client is gone. */
  abort(): void {
    if (this.#stage !== 'over') this.#store?.drop();
    this.#spool?.close();
    if (this.#stage === 'over') return;
    this.#close();
    this.#done();
  }

  #close(): void {
    this.#stage = 'over';
    this.#pacer?.close();
    this.#driver.stopPassing();
    this.#connection?.close();
  }

  #done(): void {
    this.#setResponseTime();
    this.#driver.path.engine.upstreamDone(this.#driver.request);
  }

  #setResponseTime(): void {
    const attempt = this.#exchange.attempt;
    if (this.#sentBefore >= 0) {
      attempt.bytesSent = this.#connection!.stream.written - this.#sentBefore;
    }
    if (attempt.responseTime < 0)
      attempt.responseTime = this.#driver.path.engine.world.monotonic() - attempt.started;
  }

  #log(level: LogLevel, message: string): void {
    this.#driver.path.log(level, message, this.#driver.request, this.activity);
  }
}

function failedCall(stage: Stage, error: NodeJS.ErrnoException | null): string {
  if (stage === 'connecting') return 'connect()';
  return error?.syscall === 'write' ? 'send()' : 'recv()';
}
