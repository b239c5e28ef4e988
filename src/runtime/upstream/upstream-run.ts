import type { Action, LogLevel, UpstreamFailure } from '../../engine/api.ts';
import type { UpstreamExchange } from '../../engine/upstream-exchange.ts';
import { StoredAnswer } from '../cache/stored-answer.ts';
import { StoredBody } from '../client/request-body.ts';
import type { RequestDriver } from '../client/request-driver.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import type { TunnelEnd } from '../tunnel/tunnel.ts';
import { HeadTries } from '../http/head-tries.ts';
import { TlsConfigurationError } from '../tls/credentials.ts';
import { AnswerBody } from './answer-body.ts';
import type { AnswerUser } from './answer-body.ts';
import { framingOf } from './body-framing.ts';
import type { UpstreamConnection } from './connection.ts';
import { connectionFailure } from './failures.ts';
import { ConnectionsUsedUp, obtainConnection } from './open.ts';
import type { ConnectingUser } from './open.ts';
import { RequestSender } from './request-sender.ts';
import type { SendingUser } from './request-sender.ts';

/** 'head' from the connect to the end of the answer's head: the answer may begin before the whole request has left. */
type Stage = 'connecting' | 'head' | 'body' | 'tunnel' | 'over';

/**
 * One attempt at one peer, from the connect to the end of the answer (in spirit: ngx_http_upstream.c). What follows a failure is
 * the engine's to say; the driver starts another run for the next attempt.
 */
export class UpstreamRun implements ConnectingUser, SendingUser, AnswerUser {
  readonly #driver: RequestDriver;
  readonly #exchange: UpstreamExchange;
  #connection: UpstreamConnection | null = null;
  /** Of a request that did not leave at once. */
  #sender: RequestSender | null = null;
  #stage: Stage = 'connecting';
  /** Bytes that earlier requests sent on the connection. */
  #sentBefore = -1;
  /** The whole request has left. */
  #requestSent = false;
  /** What has come of the head. */
  #head = '';
  /** Of a head that did not come in one piece. */
  #tries: HeadTries | null = null;
  /** Of an answer that did not come in one piece. */
  #body: AnswerBody | null = null;
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
    const exchange = this.#exchange;
    try {
      this.#connection = obtainConnection(this.#driver.path, exchange, this);
    } catch (error) {
      const usedUp = error instanceof ConnectionsUsedUp;
      if (usedUp || error instanceof TlsConfigurationError) {
        this.log(usedUp ? 'alert' : 'error', error.message);
        if (usedUp) exchange.attempt.peer = '';
        queueMicrotask(() => this.#failOurselves());
        return;
      }
      this.log('crit', (error as Error).message);
      queueMicrotask(() => this.#fail('error'));
      return;
    }
    if (exchange.cached) this.#connected();
  }

  onConnected(refused: string | null): void {
    if (this.#stage !== 'connecting') return;
    if (refused === null) {
      this.#connected();
      return;
    }
    this.activity = 'SSL handshaking to upstream';
    this.log('error', refused);
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
    const sendsBody = exchange.passBody && !exchange.ownBody;
    const body = sendsBody && request.requestBody instanceof StoredBody ? request.requestBody : null;
    const passing = sendsBody && request.requestBody === null && request.hasBody;
    const framing = framingOf(exchange);
    if (body === null && !passing) {
      // Most requests have no body and leave at once.
      connection.stream.write(exchange.gateway === null ? head : head + framing.end);
      if (connection.stream.pending === 0) {
        this.requestSent();
        return;
      }
    }
    const sender = new RequestSender(this.#driver, connection, framing, this);
    this.#sender = sender;
    if (body !== null) sender.sendStored(head, body);
    else if (passing) sender.passOn(head);
    else sender.waitForWritten();
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

  requestSent(): void {
    this.#requestSent = true;
    if (this.#stage !== 'head') return;
    this.activity = 'reading response header from upstream';
    this.#connection!.deadline.set(this.#exchange.settings.proxy_read_timeout);
  }

  requestFailed(action: Action): void {
    this.#giveUp(action);
  }

  onDrain(): void {
    if (this.#stage === 'over' || this.#stage === 'connecting' || this.#requestSent) return;
    this.#sender?.drained();
  }

  // --- the answer

  onBytes(bytes: Buffer, length: number): void {
    this.#connection!.deadline.touch();
    if (this.#stage === 'head') this.#readHead(bytes, length);
    else if (this.#stage === 'body') this.#body!.push(bytes, length);
  }

  #readHead(bytes: Buffer, length: number): void {
    const exchange = this.#exchange;
    const { path, request } = this.#driver;
    // When another server is to be asked, the exchange has another attempt then.
    const { attempt } = exchange;
    attempt.bytesReceived += length;
    this.activity = 'reading response header from upstream';
    const before = this.#head.length;
    let limit: number;
    let head: string;
    let action: Action | null;
    do {
      limit = exchange.headLimit;
      head = this.#head + bytes.toString('latin1', 0, Math.min(length, limit - before));
      if (head.length < limit && this.#tries?.isWorth(head) === false) {
        this.#head = head;
        return;
      }
      action = path.engine.upstreamHead(request, head);
    } while (action === null && limit < exchange.headLimit && head.length < before + length);
    this.#head = head;
    if (exchange.earlyHints !== '') {
      this.#driver.client.stream.write(exchange.earlyHints);
      exchange.earlyHints = '';
    }
    if (action === null) {
      if (head.length < exchange.headLimit) {
        // Records of a gateway have no lines.
        if (exchange.gateway === null) (this.#tries ??= new HeadTries()).incomplete(head);
        return;
      }
      this.log('error', 'upstream sent too big header');
      this.#fail('invalid_header');
      return;
    }
    attempt.headerTime = path.engine.world.monotonic() - attempt.started;
    const start = exchange.headEnd - before;
    this.#head = '';
    if (action === 'forward') {
      const whole =
        head.length === before + length &&
        length - start === exchange.contentLength &&
        exchange.gateway?.framed !== true;
      if (whole) this.#forwardWhole(head.slice(exchange.headEnd));
      else this.#forward(bytes, start, length);
    } else if (action === 'tunnel') this.#tunnel(bytes, start, length);
    else {
      this.#setResponseTime(attempt);
      this.#giveUp(action, exchange.wholeInHead);
    }
  }

  /** A small answer that came in one piece. */
  #forwardWhole(body: string): void {
    const exchange = this.#exchange;
    this.activity = 'reading upstream';
    if (!this.#driver.writeHead()) {
      this.#replaced();
      return;
    }
    exchange.attempt.responseLength += body.length;
    if (exchange.stores) {
      try {
        StoredAnswer.keepWhole(this.#driver.path, this.#driver.request, body, (message) =>
          this.log('crit', message),
        );
      } catch (error) {
        this.fileFailed(error);
        return;
      }
    }
    this.#release(true);
    this.#driver.endWhole(body);
  }

  #forward(bytes: Buffer, start: number, end: number): void {
    const driver = this.#driver;
    this.#stage = 'body';
    this.activity = 'reading upstream';
    this.#connection!.deadline.set(this.#exchange.settings.proxy_read_timeout);
    const writer = driver.beginResponse();
    if (writer === null) {
      this.#replaced();
      return;
    }
    let store: StoredAnswer | null = null;
    if (this.#exchange.stores) {
      try {
        store = StoredAnswer.open(driver.path, driver.request, (message) => this.log('crit', message));
      } catch (error) {
        this.fileFailed(error);
        return;
      }
    }
    this.#body = new AnswerBody(driver, this.#connection!, writer, store, this);
    this.#body.begin(bytes, start, end);
  }

  /** An error page stands in for the answer: a condition or range of the client could not be met. */
  #replaced(): void {
    this.#setResponseTime();
    this.#giveUp(this.#driver.request.action);
  }

  answerComplete(keep: boolean): void {
    this.#release(keep);
  }

  answerBroken(): void {
    this.#breakOff();
  }

  answerRefused(): void {
    this.#close();
    this.#done();
    this.#driver.giveUp();
  }

  fileFailed(error: unknown): void {
    this.log('crit', `writing a temporary file failed ${errnoText(errnoOf(error))}`);
    this.#breakOff();
  }

  // --- the connection's end

  onEnd(): void {
    switch (this.#stage) {
      case 'head':
        this.log('error', 'upstream prematurely closed connection');
        this.#fail('error');
        break;
      case 'body':
        this.#body!.upstreamEnded();
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
    const { tls, peer } = this.#exchange;
    const failure = connectionFailure({ connecting: this.#stage === 'connecting', tls, peer }, error);
    this.activity = failure.activity ?? this.activity;
    this.log(failure.level, failure.message);
    if (this.#stage === 'body') this.#breakOff();
    else this.#fail('error');
  }

  onTimeout(): void {
    this.log('error', `upstream timed out ${errnoText('ETIMEDOUT')}`);
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
    if (why === 'upstream-timeout') this.log('error', `upstream timed out ${errnoText('ETIMEDOUT')}`);
    if (why === 'client-timeout') this.log('info', `client timed out ${errnoText('ETIMEDOUT')}`);
    this.#close();
    this.#done();
    this.#driver.tunnelEnded();
  }

  // --- ends

  /** The exchange is over: the connection is kept if it can be used again, and closed otherwise. */
  #release(keep: boolean): void {
    this.#stage = 'over';
    this.#driver.stopPassing();
    this.#done();
    this.#keepOrClose(keep);
  }

  #keepOrClose(keep: boolean): void {
    const exchange = this.#exchange;
    const connection = this.#connection!;
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
    this.#close();
    this.#done();
    this.#driver.breakOff();
  }

  /** Before a head came. */
  #fail(failure: UpstreamFailure): void {
    if (this.#stage === 'over') return;
    this.#setResponseTime();
    this.#giveUp(this.#driver.path.engine.upstreamFailed(this.#driver.request, failure));
  }

  /** The upstream has nothing to do with it, so no other server is tried (ngx_http_upstream_connect, …_ssl_init_connection). */
  #failOurselves(): void {
    if (this.#stage === 'over') return;
    const { path, request } = this.#driver;
    this.#setResponseTime();
    path.engine.upstreamDone(request);
    this.#giveUp(path.engine.bodyFailed(request, 500));
  }

  /** Something else follows: another attempt, an error page. `keep`: the connection is fit for another request. */
  #giveUp(action: Action, keep = false): void {
    if (keep) {
      this.#stage = 'over';
      this.#driver.stopPassing();
      this.#keepOrClose(true);
    } else this.#close();
    this.#driver.proceed(action);
  }

  /** The client is gone. */
  abort(): void {
    this.#body?.close();
    if (this.#stage === 'over') return;
    this.#close();
    this.#done();
  }

  #close(): void {
    this.#stage = 'over';
    this.#body?.breakOff();
    this.#driver.stopPassing();
    this.#connection?.close();
  }

  #done(): void {
    this.#setResponseTime();
    this.#driver.path.engine.upstreamDone(this.#driver.request);
  }

  #setResponseTime(attempt = this.#exchange.attempt): void {
    if (this.#sentBefore >= 0) {
      attempt.bytesSent = this.#connection!.stream.written - this.#sentBefore;
    }
    if (attempt.responseTime < 0)
      attempt.responseTime = this.#driver.path.engine.world.monotonic() - attempt.started;
  }

  log(level: LogLevel, message: string): void {
    this.#driver.path.log(level, message, this.#driver.request, this.activity);
  }
}
