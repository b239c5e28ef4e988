import type { Gunzip, Gzip } from 'node:zlib';
import { constants, createGunzip, createGzip, gzipSync } from 'node:zlib';
import type { GzipCoding } from '../../engine/api.ts';
import type { ResponseSink } from './response-sink.ts';

/** What a {@link ZlibSink} gives its output to. */
export interface ZlibTarget {
  bytes(data: Buffer, start: number, end: number): boolean;
  whenReady(callback: () => void): void;
}

/** Bytes that come together before zlib is bothered with them; bodies up to this size are compressed at once. */
const unit = 16_384;

/** What zlib has to do. */
export interface ZlibWork {
  open(): Gzip | Gunzip;
  /** The output for a small body that is here as a whole; null where its size cannot be foreseen. */
  readonly whole: ((body: Buffer) => Buffer) | null;
  ended(bytesIn: number, bytesOut: number): void;
}

/**
 * Sends a body through zlib, in threads of its own except for small ones. It takes no more than its target does, so a small
 * body that unpacks to a huge one does no harm.
 */
export class ZlibSink implements ResponseSink {
  readonly #work: ZlibWork;
  readonly #target: ZlibTarget;
  readonly #flushTarget: () => void;
  readonly #failed: (error: unknown) => void;
  #stream: Gzip | Gunzip | null = null;
  #held: Buffer[] = [];
  #size = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #closed = false;

  /** @param failed called when the body cannot be completed */
  constructor(work: ZlibWork, target: ZlibTarget, flushTarget: () => void, failed: (error: unknown) => void) {
    this.#work = work;
    this.#target = target;
    this.#flushTarget = flushTarget;
    this.#failed = failed;
  }

  text(data: string): boolean {
    return this.#take(Buffer.from(data, 'latin1'));
  }

  bytes(data: Buffer, start: number, end: number): boolean {
    return this.#take(Buffer.from(data.subarray(start, end)));
  }

  flush(): void {
    if (this.#closed) return;
    const stream = this.#opened();
    this.#pass();
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      if (!this.#closed) this.#flushTarget();
    });
  }

  whenReady(callback: () => void): void {
    if (this.#stream?.writableNeedDrain === true) this.#stream.once('drain', callback);
    else callback();
  }

  /** Calls `done` when all of the output has been given to the target. */
  end(done: () => void): void {
    if (this.#closed) return;
    const { whole, ended } = this.#work;
    if (this.#stream === null && whole !== null) {
      const output = whole(Buffer.concat(this.#held));
      ended(this.#bytesIn, output.length);
      this.#target.bytes(output, 0, output.length);
      done();
      return;
    }
    const stream = this.#opened();
    this.#pass();
    stream.once('end', () => {
      if (this.#closed) return;
      ended(this.#bytesIn, this.#bytesOut);
      done();
    });
    stream.end();
  }

  close(): void {
    this.#closed = true;
    this.#held = [];
    this.#stream?.destroy();
  }

  #take(data: Buffer): boolean {
    if (this.#closed) return true;
    this.#held.push(data);
    this.#size += data.length;
    this.#bytesIn += data.length;
    return this.#size <= unit ? true : this.#pass();
  }

  /** Gives zlib what has come together. */
  #pass(): boolean {
    const stream = this.#opened();
    if (this.#size === 0) return !stream.writableNeedDrain;
    const data = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    return stream.write(data);
  }

  #opened(): Gzip | Gunzip {
    if (this.#stream !== null) return this.#stream;
    const stream = this.#work.open();
    this.#stream = stream;
    stream.on('data', (output: Buffer) => {
      this.#bytesOut += output.length;
      if (this.#closed || this.#target.bytes(output, 0, output.length)) return;
      stream.pause();
      this.#target.whenReady(() => stream.resume());
    });
    stream.on('error', (error) => {
      if (this.#closed) return;
      this.close();
      this.#failed(error);
    });
    return stream;
  }
}

/** Compresses a body for the client (ngx_http_gzip_body_filter). */
export function gzipWork(coding: GzipCoding): ZlibWork {
  const { level, windowBits, memLevel } = coding;
  const options = { level, windowBits, memLevel };
  return {
    open: () => createGzip(options),
    whole: (body) => gzipSync(body, options),
    ended(bytesIn, bytesOut) {
      coding.bytesIn = bytesIn;
      coding.bytesOut = bytesOut;
    },
  };
}

/** Unpacks a body for a client that does not take gzip (ngx_http_gunzip_body_filter). */
export const gunzipWork: ZlibWork = { open: () => createGunzip(), whole: null, ended: () => undefined };
