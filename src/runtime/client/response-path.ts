import type { Request } from '../../engine/request.ts';
import type { DataPath } from '../data-path.ts';
import { BodyPath } from './body-path.ts';
import type { BodyContext, BodyWriter } from './body-writer.ts';
import { ClientSink } from './client-sink.ts';
import type { SinkOwner } from './client-sink.ts';
import type { ClientConnection } from './connection.ts';
import type { ResponseSink } from './response-sink.ts';
import { gzipWork, ZlibSink } from './zlib-sink.ts';

/** Whose response it is. */
export interface Responder extends BodyContext, SinkOwner {
  readonly request: Request;
  readonly path: DataPath;
  readonly client: ClientConnection;
}

/**
 * The way of a response whose head is there: through the filters of its body and, on the way to the client, through gzip. nginx's
 * order of output filters, shortened: gunzip, SSI and the like, gzip, chunks, write (auto/modules, HTTP_FILTER_MODULES).
 */
export class ResponsePath {
  /** Where the filtered body goes: the client, by way of gzip where that is wanted, or the parent of a subrequest. */
  readonly sink: ResponseSink;
  readonly #responder: Responder;
  /** Null for a subrequest. */
  readonly #client: ClientSink | null;
  /** Compresses what goes to the client. */
  readonly #encoder: ZlibSink | null;
  #body: BodyPath | null = null;

  private constructor(
    responder: Responder,
    sink: ResponseSink,
    client: ClientSink | null,
    encoder: ZlibSink | null,
  ) {
    this.#responder = responder;
    this.sink = sink;
    this.#client = client;
    this.#encoder = encoder;
  }

  /** @param head status line and header lines; '' for HTTP/0.9 */
  static toClient(responder: Responder, head: string): ResponsePath {
    const { request, path, client } = responder;
    const sink = new ClientSink(client.stream, request, path.rules.send(request), path.deadlines, responder);
    sink.start(head);
    if (request.gzip === null || request.headerOnly) return new ResponsePath(responder, sink, sink, null);
    const encoder = new ZlibSink(
      gzipWork(request.gzip),
      sink,
      () => sink.flush(),
      (error) => responder.failed(error),
    );
    return new ResponsePath(responder, encoder, sink, encoder);
  }

  /** The response of a subrequest; its head goes nowhere. */
  static toParent(responder: Responder, sink: ResponseSink): ResponsePath {
    return new ResponsePath(responder, sink, null, null);
  }

  /** Gives what the body goes through, to be called once. */
  openBody(): BodyWriter {
    this.#body = new BodyPath(this.#responder, this.#responder.request);
    return this.#body.writer;
  }

  /** All of the body has been given to the writer. Calls `done` when it has been given to the sink. */
  endBody(done: () => void): void {
    this.#body!.end(done);
  }

  /** All of the body has been given to the sink. Calls `done` when the response has left for the kernel, or for the parent. */
  end(done: () => void): void {
    const client = this.#client;
    const encoder = this.#encoder;
    if (client === null) done();
    else if (encoder === null) this.#endClient(client, done);
    else encoder.end(() => this.#endClient(client, done));
  }

  /** Trailers are made when the body is through: they may tell of it. */
  #endClient(client: ClientSink, done: () => void): void {
    const { request, path } = this.#responder;
    client.end(request.chunked ? path.engine.responseTrailers(request) : '', done);
  }

  /** Sends what filters and sink hold back. */
  flush(): void {
    this.#body?.flush();
  }

  /** Sends what is held back behind the filters: the head, small pieces of the body. */
  flushHeld(): void {
    this.#client?.flush();
  }

  /** The response cannot be completed. Calls `done` when what there is of it has left. */
  breakOff(done: () => void): void {
    if (this.#client === null) done();
    else this.#client.breakOff(done);
  }

  /** The client's stream has taken what was written. */
  drained(): void {
    this.#client?.drained();
  }

  /** The client is gone: what still comes goes nowhere, without anyone waiting for it. */
  abandon(): void {
    this.#client?.abandon();
  }

  /** Stops; nothing is sent any more. */
  close(): void {
    this.#body?.close();
    this.#encoder?.close();
    this.#client?.close();
  }
}
