import type { Request } from '../../engine/request.ts';
import type { BodyContext } from './body-writer.ts';
import { BodyWriter } from './body-writer.ts';
import { gunzipWork, ZlibSink } from './zlib-sink.ts';

/** The way of an answer's body to its sink: it is unpacked where that is wanted, then it goes through the filters. */
export class BodyPath {
  /** Takes the body. */
  readonly writer: BodyWriter;
  readonly #context: BodyContext;
  readonly #filters: BodyWriter;
  readonly #decoder: ZlibSink | null = null;

  constructor(context: BodyContext, { bodyFilter, unpacks, headerOnly }: Request) {
    this.#context = context;
    this.writer = this.#filters = new BodyWriter(context, bodyFilter);
    if (!unpacks || headerOnly) return;
    this.#decoder = new ZlibSink(
      gunzipWork,
      this.#filters,
      () => context.sink.flush(),
      (error) => context.failed(error),
    );
    this.writer = new BodyWriter(context, null, this.#decoder);
  }

  /** Calls `done` when all of the body has been given to the sink. */
  end(done: () => void): void {
    const decoder = this.#decoder;
    if (decoder === null) this.writer.end(done);
    else this.writer.end(() => decoder.end(() => this.#filters.end(done)));
  }

  /** Sends what is held back somewhere. */
  flush(): void {
    (this.#decoder ?? this.#context.sink).flush();
  }

  close(): void {
    this.writer.close();
    this.#filters.close();
    this.#decoder?.close();
  }
}
