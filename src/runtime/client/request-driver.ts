import type { Action } from '../../engine/api.ts';
import type { Request } from '../../engine/request.ts';
import { endsKeepalive } from '../../engine/response/statuses.ts';
import type { DataPath } from '../data-path.ts';
import { errnoText } from '../../system/errno.ts';
import { openTunnel } from '../tunnel/open.ts';
import type { TunnelEnd } from '../tunnel/tunnel.ts';
import type { UpstreamConnection } from '../upstream/connection.ts';
import { UpstreamRun } from '../upstream/upstream-run.ts';
import type { BodyContext, BodyWriter } from './body-writer.ts';
import type { SinkOwner } from './client-sink.ts';
import type { ClientConnection } from './connection.ts';
import type { StoredBody } from './request-body.ts';
import { RequestIntake } from './request-intake.ts';
import { ResponsePath } from './response-path.ts';
import { discardingSink } from './response-sink.ts';
import type { ResponseSink } from './response-sink.ts';
import { changeFilesFor, resolveFor, wait } from './waits.ts';

/** How a subrequest fits into its parent. */
export interface ChildPlace {
  readonly parent: RequestDriver;
  readonly sink: ResponseSink;
  readonly done: () => void;
}

/** Does what the engine says for one request or subrequest, until it is over. */
export class RequestDriver implements BodyContext, SinkOwner {
  readonly request: Request;
  readonly path: DataPath;
  readonly client: ClientConnection;
  /** Of a main request; made when its body matters. */
  #intake: RequestIntake | null = null;
  readonly #place: ChildPlace | null;
  /** From the head of the response on. */
  #response: ResponsePath | null = null;
  #upstream: UpstreamRun | null = null;
  /** Gives up what is being waited for: a delay, a resolution. */
  #cancel: (() => void) | null = null;
  #children: Set<RequestDriver> | null = null;
  /** Subrequests in the background that are still running: the request lasts as long as they do. */
  #background = 0;
  #responded = false;
  #over = false;
  /** The response could not be completed: the connection has to be closed. */
  #broken = false;

  constructor(path: DataPath, client: ClientConnection, request: Request, place: ChildPlace | null = null) {
    this.path = path;
    this.client = client;
    this.request = request;
    this.#place = place;
  }

  get main(): RequestDriver {
    return this.#place === null ? this : this.#place.parent.main;
  }

  /** Where the body of the response goes. */
  get sink(): ResponseSink {
    return this.#response?.sink ?? discardingSink;
  }

  /** Reads the body of the client's request. */
  get intake(): RequestIntake {
    const main = this.main;
    main.#intake ??= new RequestIntake(this.path, this.client, main.request, (status) =>
      main.#bodyCut(status),
    );
    return main.#intake;
  }

  /** The upstream takes no more of the body that is being passed on. */
  stopPassing(): void {
    this.main.#intake?.stopPassing();
  }

  start(): void {
    this.proceed(this.request.action);
  }

  /** Does the next thing the engine wants. */
  proceed(action: Action): void {
    if (this.#over) return;
    const background = this.request.background;
    if (background !== null) {
      // They begin after the request itself has gone on, and keep it from ending.
      this.request.background = null;
      this.main.#background += background.length;
      this.#do(action);
      this.#runBackground(background);
    } else this.#do(action);
  }

  #do(action: Action): void {
    switch (action) {
      case 'respond':
        this.#respond();
        break;
      case 'proxy':
        if (this.#bodyMatters) this.intake.readEarly();
        this.#upstream = new UpstreamRun(this);
        this.#upstream.start();
        break;
      case 'read-body':
        this.intake.read(
          () => this.resume(),
          (status) => this.proceed(this.path.engine.bodyFailed(this.request, status)),
        );
        break;
      case 'discard-body':
        if (this.intake.discard()) this.resume();
        else this.proceed(this.path.engine.bodyFailed(this.request, 400));
        break;
      case 'begin':
        this.resume();
        break;
      case 'delay':
        this.#cancel = wait(this.request.delay, () => this.#waited());
        break;
      case 'subrequest':
        this.runChild(this.request.child!, discardingSink, () => this.resume());
        break;
      case 'resolve':
        this.#cancel = resolveFor(this.path, this.request, () => this.#waited());
        break;
      case 'file':
        changeFilesFor(this.path, this.request, () => this.resume());
        break;
      case 'close':
        this.main.#closeUnanswered();
        break;
      case 'done':
        this.#responseEnded();
        break;
      default:
        throw new Error(`the engine said '${action}' without an answer of an upstream`);
    }
  }

  /** A main request with a body, or one whose client waits to be told to send it. */
  get #bodyMatters(): boolean {
    return this.#place === null && (this.request.hasBody || this.request.expectContinue);
  }

  resume(): void {
    if (!this.#over) this.proceed(this.path.engine.resume(this.request));
  }

  /** A wait that could be given up is over. */
  #waited(): void {
    this.#cancel = null;
    this.resume();
  }

  // --- answers

  #respond(): void {
    if (this.#bodyMatters && !this.intake.discard() && this.request.status < 300) {
      this.proceed(this.path.engine.bodyFailed(this.request, 400));
      return;
    }
    if (this.#over) return;
    const writer = this.beginResponse();
    if (writer === null) {
      this.proceed(this.request.action);
      return;
    }
    const body = this.request.body;
    if (typeof body === 'string') writer.text(body);
    else if (body !== null) writer.parts(body);
    this.endBody();
  }

  /** Writes the head, and gives what the body goes through; null: see {@link writeHead}. */
  beginResponse(): BodyWriter | null {
    return this.writeHead() ? this.#response!.openBody() : null;
  }

  /** Gives the head to the sink; false when something else comes in the place of this answer, as `request.action` says. */
  writeHead(): boolean {
    const { request, path } = this;
    if (path.draining) request.keepalive = false;
    const head = path.engine.responseHead(request);
    if (head === null) return false;
    this.#response =
      this.#place === null
        ? ResponsePath.toClient(this, head)
        : ResponsePath.toParent(this, request.headerOnly ? discardingSink : this.#place.sink);
    return true;
  }

  /** Completes an answer whose head was written with a body that is there as a whole. */
  endWhole(body: string): void {
    if (this.request.bodyFilter === null && !this.request.unpacks) {
      this.sink.text(body);
      this.endResponse();
      return;
    }
    this.#response!.openBody().text(body);
    this.endBody();
  }

  /** All of the body has been given to the writer. */
  endBody(): void {
    if (!this.#over) this.#response!.endBody(() => this.endResponse());
  }

  /** The whole body has been given to the sink. */
  endResponse(): void {
    if (!this.#over) this.#response!.end(() => this.#responseEnded());
  }

  /** Sends what is held back somewhere (`proxy_buffering off`). */
  flush(): void {
    this.#response?.flush();
  }

  /** The body ends before its time: what there is goes out, then the connection is closed. */
  breakOff(): void {
    const main = this.main;
    if (main.#over || main.#broken) return;
    main.#broken = true;
    // As $sent_http_connection shows it.
    main.request.keepalive = false;
    const finish = (): void => main.#finish();
    if (main.#response === null) finish();
    else main.#response.breakOff(finish);
  }

  /** The answer is not to be completed: nginx ends the connection without writing what it holds. */
  giveUp(reason = ''): void {
    if (reason !== '') this.path.log('error', reason, this.request, '');
    this.main.request.cut = true;
    this.main.abort(0);
  }

  /** The body cannot be completed: a file of it could not be read, or zlib does not know what to do with it. */
  failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.path.log('crit', message, this.request, 'sending response to client');
    this.breakOff();
  }

  /** Turns the client's connection and an upstream's into a tunnel; `early` came from the upstream behind its 101. */
  openTunnel(
    upstream: UpstreamConnection,
    early: Buffer,
    start: number,
    end: number,
    ended: (why: TunnelEnd) => void,
  ): void {
    this.writeHead();
    this.#response!.flushHeld();
    // A tunnel may last for days: it keeps no more than it needs.
    this.#response = null;
    openTunnel(this.path, this.request, this.client, upstream, early, start, end, ended);
  }

  /** The tunnel is over; the request ends with its connection. */
  tunnelEnded(): void {
    this.#broken = true;
    this.#finish();
  }

  // --- subrequests

  runChild(child: Request, sink: ResponseSink, done: () => void): void {
    const driver: RequestDriver = new RequestDriver(this.path, this.client, child, {
      parent: this,
      sink,
      done: () => {
        this.#children?.delete(driver);
        if (!this.#over) done();
      },
    });
    this.#children ??= new Set();
    this.#children.add(driver);
    driver.start();
  }

  /** The client's request waits for them; a subrequest that has started them does not. */
  #runBackground(children: Request[]): void {
    const { main } = this;
    for (const child of children) {
      if (main.#over) return;
      main.runChild(child, discardingSink, () => {
        main.#background--;
        if (!main.#responded || main.#background > 0) return;
        main.request.endedBy = child;
        main.#finish();
      });
    }
  }

  // --- the client

  clientDrained(): void {
    this.#response?.drained();
  }

  /** The client has closed its direction, or the connection (`error` when it was reset) while the request was being served. */
  clientClosed(error: NodeJS.ErrnoException | null): void {
    // After the answer nobody looks at the client, and what goes on in the background comes to its end (ngx_http_block_reading).
    if (this.#over || this.#responded) return;
    // Files are changed to the end, as in nginx, where nothing comes in between.
    if (this.request.action === 'file') return;
    const gone = this.client.stream.closed;
    const upstream = this.#upstream?.active ? this.#upstream : null;
    // Without an upstream or a pause nginx does not look at the client: it notices when it writes.
    if (!gone && upstream === null && this.#cancel === null && this.#children === null) return;
    if (upstream !== null && this.path.rules.ignoreClientAbort(this.request)) return;
    if (this.#fetchesForStore()) return;
    const reason = error === null ? '' : ` ${errnoText(error.code ?? 'EIO')}`;
    const tail = upstream === null ? '' : ', so upstream connection is closed too';
    this.path.log(
      'info',
      `client prematurely closed connection${tail}${reason}`,
      this.request,
      upstream === null ? '' : upstream.activity,
    );
    this.abort(499);
  }

  /** What is being fetched is stored, and fetched to its end without the client (ngx_http_upstream_check_broken_connection). */
  #fetchesForStore(): boolean {
    const own = this.#upstream?.active === true && this.request.upstream!.stores;
    if (!own && ![...(this.#children ?? [])].some((child) => child.#fetchesForStore())) return false;
    this.#response?.abandon();
    return true;
  }

  /** Ends the request now; `status` is logged when no head has been sent, 0 leaves it. */
  abort(status: number): void {
    if (this.#over) return;
    if (status !== 0) this.request.abortedStatus = status;
    this.#broken = true;
    this.#release();
    this.#finish();
  }

  #release(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const child of [...(this.#children ?? [])]) child.#drop();
    this.#children = null;
    this.#background = 0;
    this.#response?.close();
    this.#upstream?.abort();
    this.#upstream = null;
  }

  /** Ends a subrequest whose main request is gone. */
  #drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    this.#settle();
  }

  /** The client has not taken anything for `send_timeout`. */
  sendTimedOut(): void {
    this.path.log(
      'info',
      `client timed out ${errnoText('ETIMEDOUT')}`,
      this.request,
      'sending response to client',
    );
    if (this.#fetchesForStore()) this.#broken = true;
    else this.#abortTimedOut(408);
  }

  #bodyCut(status: 400 | 408): void {
    if (status === 408) this.#abortTimedOut(408);
    else this.abort(400);
  }

  #abortTimedOut(status: number): void {
    const reset = this.path.rules.resetTimedOut(this.request);
    if (reset) this.client.closeTimedOut(true);
    this.abort(status);
  }

  #closeUnanswered(): void {
    this.#broken = true;
    this.#release();
    this.#finish();
  }

  // --- the end

  #responseEnded(): void {
    if (this.#over) return;
    this.#responded = true;
    if (this.#background === 0) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    const { request } = this;
    this.#over = true;
    if (this.#broken) this.#release();
    this.#settle();
    const post = request.background;
    request.background = null;
    if (this.#place !== null) this.#place.done();
    else if (post === null) this.#leave();
    else this.#afterwards(post);
  }

  /** Logs the request and lets go of what it holds. */
  #settle(): void {
    // Finishing gives the connection its own address back (realip): lines are made before.
    const { keepalive, replaced } = this.request;
    // By the time of logging nginx has set a connection that goes on free: $sent_http_connection is "close".
    if (!this.#broken && !replaced) this.request.keepalive = false;
    this.path.logAccess(this.request);
    // Replacing an answer ends in an error for nginx, so the connection is closed, whatever the head says of it.
    this.request.keepalive = keepalive && !replaced;
    this.path.engine.finish(this.request);
  }

  /** Nothing goes on for the client's request any more. */
  #leave(): void {
    const { request } = this;
    const body = request.requestBody as StoredBody | null;
    body?.temporary?.close(this.path.rules.removeBodyFile(request));
    this.client.requestDone(request, this.#broken);
  }

  /** `post_action`: runs before the connection goes on. */
  #afterwards(children: Request[]): void {
    let left = children.length;
    for (const child of children) {
      const driver = new RequestDriver(this.path, this.client, child, {
        parent: this,
        sink: discardingSink,
        done: () => {
          // After an error nginx trusts the connection no more, whoever has the answer.
          if (endsKeepalive.has(child.errStatus)) this.request.keepalive = false;
          if (--left === 0) this.#leave();
        },
      });
      driver.start();
    }
  }
}
