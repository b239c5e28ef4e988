import type { BodyFilter, BodyPart, SubrequestPart } from '../../engine/api.ts';
import type { Request } from '../../engine/request.ts';
import { OpenFile } from '../files/open-file.ts';
import type { ResponseSink } from './response-sink.ts';
import { CapturingSink, PostponedSink } from './response-sink.ts';

/** What a body needs from its request. */
export interface BodyContext {
  readonly sink: ResponseSink;
  /** Runs a subrequest. */
  runChild(child: Request, sink: ResponseSink, done: () => void): void;
  /** A file could not be read: the response cannot be completed. */
  failed(error: unknown): void;
  /** The request ends at once; what has not been written is dropped. `reason` is for the error log. */
  giveUp(reason?: string): void;
}

type FilePart = Extract<BodyPart, { kind: 'file' }>;

const readSize = 65_536;

/** A subrequest that runs while what stands before it is being sent. */
interface Included {
  readonly kind: 'included';
  readonly part: SubrequestPart;
  readonly sink: PostponedSink | CapturingSink;
  done: boolean;
}

/** What is ready for the sink. */
type Item = Exclude<BodyPart, SubrequestPart> | Included;

/**
 * Sends the parts of a body in their order: text, files, the output of subrequests; all of it through the body filter
 * (SSI) where the response has one. Holds back as soon as the sink is full. Subrequests run from the moment they are known.
 */
export class BodyWriter {
  readonly #context: BodyContext;
  readonly #sink: ResponseSink;
  readonly #filter: BodyFilter | null;
  /** Parts that have not been through the filter, and those that have. */
  #raw: BodyPart[] = [];
  #cooked: Item[] = [];
  /** The subrequest whose output is being sent. */
  #current: Included | null = null;
  #file: OpenFile | null = null;
  #buffer: Buffer | null = null;
  #busy = false;
  #closed = false;
  #filterEnded = false;
  #ending: (() => void) | null = null;
  #waiter: (() => void) | null = null;

  /** @param sink where the body goes; by default where the context's goes */
  constructor(context: BodyContext, filter: BodyFilter | null, sink: ResponseSink | null = null) {
    this.#context = context;
    this.#filter = filter;
    this.#sink = sink ?? context.sink;
  }

  parts(parts: readonly BodyPart[]): void {
    this.#raw.push(...parts);
    this.#pump();
  }

  /** @returns false when no more should come before `whenReady` calls back */
  bytes(bytes: Buffer, start: number, end: number): boolean {
    if (this.#filter === null && this.#idle) return this.#sink.bytes(bytes, start, end);
    return this.text(bytes.toString('latin1', start, end));
  }

  text(data: string): boolean {
    if (this.#filter === null && this.#idle) return this.#sink.text(data);
    this.#raw.push(data);
    this.#pump();
    return this.#idle;
  }

  whenReady(callback: () => void): void {
    if (this.#idle) this.#sink.whenReady(callback);
    else this.#waiter = callback;
  }

  /** Calls `done` when all parts have been given to the sink. */
  end(done: () => void): void {
    this.#ending = done;
    this.#pump();
  }

  /** Nothing more is sent. */
  close(): void {
    this.#closed = true;
    this.#file?.close();
    this.#file = null;
  }

  get #idle(): boolean {
    return !this.#busy && this.#file === null && this.#raw.length === 0 && this.#cooked.length === 0;
  }

  #pump(): void {
    if (this.#busy) return;
    this.#busy = true;
    for (;;) {
      if (this.#closed) return;
      const part = this.#cooked.shift() ?? this.#next();
      if (part === null) break;
      if (typeof part === 'object' && part.kind === 'failure') {
        this.#context.giveUp();
        return;
      }
      if (typeof part === 'object' && part.kind === 'included') {
        if (part.sink instanceof PostponedSink) part.sink.attach(this.#sink);
        if (part.done) continue;
        this.#current = part;
        return;
      }
      const room = typeof part === 'string' ? this.#sink.text(part) : this.#sendFile(part);
      if (!room && !this.#closed) {
        this.#sink.whenReady(() => this.#goOn());
        return;
      }
    }
    this.#busy = false;
    const ending = this.#ending;
    const waiter = this.#waiter;
    this.#ending = this.#waiter = null;
    ending?.();
    waiter?.();
  }

  /** Puts parts in at `at`; subrequests among them start. Texts that follow one another are sent as one. */
  #insert(at: number, parts: readonly BodyPart[]): void {
    const items: Item[] = [];
    for (const part of parts) {
      const before = items.length - 1;
      if (typeof part === 'string' && typeof items[before] === 'string') items[before] += part;
      else if (typeof part === 'object' && part.kind === 'subrequest') items.push(included(part));
      else items.push(part);
    }
    this.#cooked.splice(at, 0, ...items);
    for (const item of items)
      if (typeof item === 'object' && item.kind === 'included')
        this.#context.runChild(item.part.child, item.sink, () => this.#ended(item));
  }

  #ended(item: Included): void {
    item.done = true;
    const { part, sink } = item;
    if (sink instanceof CapturingSink && sink.overflown) {
      this.#context.giveUp('too big subrequest response');
      return;
    }
    const more = part.after?.(sink instanceof CapturingSink ? sink.output : '') ?? [];
    this.#insert(this.#cooked.indexOf(item) + 1, more);
    if (this.#current !== item) return;
    this.#current = null;
    this.#goOn();
  }

  #goOn(): void {
    this.#busy = false;
    this.#pump();
  }

  /** The next part that is ready for the sink, null when there is none. */
  #next(): Item | null {
    for (;;) {
      const part = this.#raw.shift();
      if (part === undefined)
        return this.#filter === null || this.#ending === null ? null : this.#filterEnd();
      if (this.#filter === null || (typeof part === 'object' && part.kind !== 'file')) this.#take([part]);
      else {
        const text = typeof part === 'string' ? part : this.#readPiece(part);
        if (text === null) return null;
        this.#take(this.#filter.push(text, false));
      }
      const first = this.#cooked.shift();
      if (first !== undefined) return first;
    }
  }

  #take(parts: readonly BodyPart[]): void {
    this.#insert(this.#cooked.length, parts);
  }

  #filterEnd(): Item | null {
    if (this.#filterEnded) return null;
    this.#filterEnded = true;
    this.#take(this.#filter!.push('', true));
    return this.#cooked.shift() ?? null;
  }

  /** A piece of a file for the filter; the rest of the file goes back to the front. */
  #readPiece(part: FilePart): string | null {
    const size = this.#read(part);
    if (size < 0) return null;
    if (this.#file !== null) this.#raw.unshift(part);
    return this.#buffer!.toString('latin1', 0, size);
  }

  #sendFile(part: FilePart): boolean {
    const size = this.#read(part);
    if (size < 0) return true;
    if (this.#file !== null) this.#cooked.unshift(part);
    return this.#sink.bytes(this.#buffer!, 0, size);
  }

  /** Reads on in the file of `part` and closes it at its end; -1 after a failure. */
  #read(part: FilePart): number {
    this.#buffer ??= Buffer.allocUnsafeSlow(readSize);
    try {
      this.#file ??= new OpenFile(part.path, part.start, part.end, part.descriptor);
      const size = this.#file.read(this.#buffer);
      if (this.#file.done) {
        this.#file.close();
        this.#file = null;
      } else if (size === 0) throw new Error(`"${part.path}" was truncated while it was being sent`);
      return size;
    } catch (error) {
      this.#file?.close();
      this.#file = null;
      this.#context.failed(error);
      return -1;
    }
  }
}

function included(part: SubrequestPart): Included {
  const sink =
    part.capture === true
      ? new CapturingSink(() => part.child.location.core.subrequest_output_buffer_size)
      : new PostponedSink();
  return { kind: 'included', part, sink, done: false };
}
