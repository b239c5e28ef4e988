import { closeSync, openSync, readSync } from 'node:fs';
import type { BodyFilter, BodyPart, SubrequestPart } from '../../engine/api.ts';
import type { Request } from '../../engine/request.ts';
import type { ResponseSink } from './response-sink.ts';

/** What a body needs from its request. */
export interface BodyContext {
  readonly sink: ResponseSink;
  /** Runs a subrequest whose output belongs here. */
  runChild(child: Request, done: () => void): void;
  /** Runs a subrequest and gives its output to `done`. */
  captureChild(child: Request, done: (output: string) => void): void;
  /** A file could not be read: the response cannot be completed. */
  failed(error: unknown): void;
  /** The request ends at once; what has not been written is dropped. */
  giveUp(): void;
}

type FilePart = Extract<BodyPart, { kind: 'file' }>;

const readSize = 65_536;

/** A file that is being sent. */
class OpenFile {
  readonly #fd: number;
  readonly #end: number;
  #position: number;

  constructor(part: FilePart) {
    this.#fd = openSync(part.path, 'r');
    this.#position = part.start;
    this.#end = part.end;
  }

  /** Reads on into `buffer`; 0 at the end. */
  read(buffer: Buffer): number {
    const size = readSync(
      this.#fd,
      buffer,
      0,
      Math.min(buffer.length, this.#end - this.#position),
      this.#position,
    );
    this.#position += size;
    return size;
  }

  get done(): boolean {
    return this.#position >= this.#end;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * Sends the parts of a body in their order: text, files, the output of subrequests; all of it through the body filter
 * (SSI) where the response has one. Holds back as soon as the sink is full.
 */
export class BodyWriter {
  readonly #context: BodyContext;
  readonly #sink: ResponseSink;
  readonly #filter: BodyFilter | null;
  /** Parts that have not been through the filter, and those that have. */
  #raw: BodyPart[] = [];
  #cooked: BodyPart[] = [];
  #file: OpenFile | null = null;
  #buffer: Buffer | null = null;
  #busy = false;
  #closed = false;
  #ended = false;
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
      if (typeof part === 'object' && part.kind !== 'file') {
        if (part.kind === 'subrequest') this.#runSubrequest(part);
        else this.#context.giveUp();
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

  #runSubrequest({ child, capture, after }: SubrequestPart): void {
    const ended = (output: string): void => {
      if (after !== undefined) this.#cooked.unshift(...after(output));
      this.#goOn();
    };
    if (capture === true) this.#context.captureChild(child, ended);
    else this.#context.runChild(child, () => ended(''));
  }

  #goOn(): void {
    this.#busy = false;
    this.#pump();
  }

  /** The next part that is ready for the sink, null when there is none. */
  #next(): BodyPart | null {
    for (;;) {
      const part = this.#raw.shift();
      if (this.#filter === null) return part ?? null;
      if (part === undefined) {
        if (this.#ending === null) return null;
        return this.#filterEnd();
      }
      if (typeof part === 'object' && part.kind !== 'file') return part;
      const text = typeof part === 'string' ? part : this.#readPiece(part);
      if (text === null) return null;
      this.#take(this.#filter.push(text, false));
      const first = this.#cooked.shift();
      if (first !== undefined) return first;
    }
  }

  /** Texts that follow one another are sent as one. */
  #take(parts: readonly BodyPart[]): void {
    const cooked = this.#cooked;
    for (const part of parts) {
      const before = cooked.length - 1;
      if (typeof part === 'string' && typeof cooked[before] === 'string') cooked[before] += part;
      else cooked.push(part);
    }
  }

  #filterEnd(): BodyPart | null {
    if (this.#ended) return null;
    this.#ended = true;
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
      this.#file ??= new OpenFile(part);
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
