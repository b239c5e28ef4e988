import type { Request } from '../../engine/request.ts';
import type { DataPath } from '../data-path.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import type { ByteStream } from '../socket/byte-stream.ts';
import type { BodyFraming } from '../upstream/body-framing.ts';
import { BodyDiscarder } from './body-discarder.ts';
import { BodyPasser } from './body-passer.ts';
import type { ClientConnection } from './connection.ts';
import { BodyReader } from './request-body.ts';
import type { BodyProgress, BodyRules } from './request-body.ts';

/** Something that reads a body piece by piece; `consumed` is how far it went in the last one. */
interface Reader {
  push(bytes: Buffer, start: number, end: number): BodyProgress;
  readonly consumed: number;
}

export type BodyFailure = 400 | 413 | 500;

const continueLine = 'HTTP/1.1 100 Continue\r\n\r\n';

/** Reads the body of a client's request: to keep it, to pass it on as it comes, or to throw it away. */
export class RequestIntake {
  readonly #path: DataPath;
  readonly #client: ClientConnection;
  readonly #request: Request;
  /** The body will not come: 400 the client closed the connection, 408 it was silent. No answer is sent then. */
  readonly #cut: (status: 400 | 408) => void;
  #started = false;
  #passer: BodyPasser | null = null;

  constructor(path: DataPath, client: ClientConnection, request: Request, cut: (status: 400 | 408) => void) {
    this.#path = path;
    this.#client = client;
    this.#request = request;
    this.#cut = cut;
  }

  get hasBody(): boolean {
    return this.#request.hasBody;
  }

  /** Reads the whole body into `request.requestBody`. */
  read(done: () => void, failed: (status: BodyFailure) => void): void {
    this.#continue();
    const reader = this.#reader(this.#path.rules.body(this.#request));
    this.#request.requestBody = reader.body;
    if (!this.hasBody) {
      done();
      return;
    }
    this.#consume(reader, (progress) => {
      if (progress === 'done') done();
      else {
        // What `$content_length` shows of a chunked body: as much as has been read.
        if (this.#request.chunkedRequest) this.#request.contentLength = reader.body.length;
        // What came of a body that is too large is for nobody.
        if (progress === 413) reader.body.clear();
        this.#failed(progress, reader.excess, reader.error, failed);
      }
    });
  }

  #reader(rules: BodyRules): BodyReader {
    return new BodyReader(rules, this.#path.tempFiles, (name) => {
      const level = rules.inFileOnly === 'off' ? 'warn' : 'notice';
      const message = `a client request body is buffered to a temporary file ${name}`;
      this.#path.log(level, message, this.#request, this.#request.main.activity);
    });
  }

  /** Sends the body to an upstream while it comes. `done` is called when all of it has been written. */
  pass(
    upstream: ByteStream,
    framing: BodyFraming,
    done: () => void,
    failed: (status: BodyFailure) => void,
  ): void {
    this.#continue();
    const { contentLength, maxSize, bareLineFeeds } = this.#path.rules.body(this.#request);
    const passer = new BodyPasser(upstream, { contentLength, maxSize, bareLineFeeds, framing });
    this.#passer = passer;
    this.#consume(passer, (progress) => {
      this.#passer = null;
      if (progress === 'done') done();
      else this.#failed(progress, passer.excess, null, failed);
    });
    this.#holdBack(passer);
  }

  /** The upstream takes data again. */
  upstreamDrained(): void {
    if (this.#passer === null || !this.#passer.full) return;
    this.#passer.full = false;
    this.#client.body.resume();
  }

  /** The upstream takes no more of the body. */
  stopPassing(): void {
    if (this.#passer === null) return;
    this.#passer = null;
    this.#client.body.stop();
    this.#request.lingeringClose = true;
    this.#request.keepalive = false;
  }

  /**
   * Throws away a body that nobody has asked for, so that the next request can be found.
   *
   * @returns false when what has come of it is malformed
   */
  discard(): boolean {
    if (this.#started) return true;
    this.#continue();
    if (!this.hasBody) return true;
    let good = true;
    let over = false;
    const request = this.#request;
    const { contentLength, bareLineFeeds } = this.#path.rules.body(request);
    request.bodyDiscarded = true;
    const discarder = new BodyDiscarder(contentLength, bareLineFeeds);
    this.#consume(discarder, (progress) => {
      over = true;
      if (progress === 'done') {
        request.contentLength = 0;
        return;
      }
      good = false;
      request.keepalive = false;
      this.#path.log('error', 'client sent invalid chunked body', request, request.main.activity);
    });
    // What upstreams and `$content_length` are told now; of a chunked body: how much is to be read at once.
    if (!over)
      request.contentLength = request.chunkedRequest
        ? request.location.core.large_client_header_buffers.size
        : discarder.left;
    return good;
  }

  /**
   * The request goes to an upstream and its body was not asked for. One that came with the head as a whole is kept all the same,
   * as nginx does without request buffering; the rest of a longer one will be passed on.
   */
  readEarly(): void {
    if (this.#started) return;
    if (!this.hasBody) {
      this.#continue();
      return;
    }
    const request = this.#request;
    const rules = this.#path.rules.body(request);
    const input = this.#client.input.peek();
    const probe = new BodyDiscarder(rules.contentLength, rules.bareLineFeeds);
    if (input.length === 0 || probe.push(input, 0, input.length) !== 'done') return;
    this.#continue();
    // It is in memory already, and no file has to be made for it.
    const bufferSize = Math.max(rules.bufferSize, input.length);
    const reader = this.#reader({ ...rules, bufferSize, inFileOnly: 'off' });
    request.requestBody = reader.body;
    this.#consume(reader, () => undefined);
  }

  /** Answers `Expect: 100-continue`, once, when nginx would begin to read or to throw away the body. */
  #continue(): void {
    this.#started = true;
    if (!this.#request.expectContinue) return;
    this.#request.expectContinue = false;
    this.#client.stream.write(continueLine);
    this.#request.bytesSent += continueLine.length;
    this.#request.bodyBytesSent += continueLine.length;
  }

  #consume(reader: Reader, ready: (progress: Exclude<BodyProgress, 'more'>) => void): void {
    let progress: BodyProgress = 'more';
    let early = true;
    const request = this.#request;
    this.#client.body.start(
      {
        take: (bytes, start, end) => {
          progress = reader.push(bytes, start, end);
          const used = typeof progress === 'number' ? end : reader.consumed;
          // What is thrown away counts for nothing, nor what came with the head and is malformed.
          const counts = !(reader instanceof BodyDiscarder || (early && typeof progress === 'number'));
          if (counts) request.requestLength += used - start;
          if (reader instanceof BodyPasser && progress === 'more') this.#holdBack(reader);
          return used;
        },
        get finished() {
          return progress !== 'more';
        },
        complete: () => ready(progress as Exclude<BodyProgress, 'more'>),
        failed: (status) => this.#gone(status),
      },
      this.#path.rules.bodyTimeout(request),
    );
    early = false;
  }

  #holdBack(passer: BodyPasser): void {
    if (passer.full && this.#passer === passer) this.#client.body.pause();
  }

  #failed(
    progress: BodyFailure,
    excess: string,
    error: unknown,
    failed: (status: BodyFailure) => void,
  ): void {
    const { log } = this.#path;
    const request = this.#request;
    const { activity } = request.main;
    if (progress === 500) {
      const path = (error as { path?: string } | null)?.path ?? '';
      log('crit', `open() "${path}" failed ${errnoText(errnoOf(error))}`, request, activity);
    } else if (progress === 413) {
      log('error', `client intended to send too large chunked body: ${excess} bytes`, request, activity);
    } else log('error', 'client sent invalid chunked body', request, activity);
    request.lingeringClose = true;
    failed(progress);
  }

  #gone(status: 400 | 408): void {
    const message =
      status === 400 ? 'client prematurely closed connection' : `client timed out ${errnoText('ETIMEDOUT')}`;
    this.#path.log('info', message, this.#request, this.#request.main.activity);
    this.#cut(status);
  }
}
