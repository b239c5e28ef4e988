import type { RequestBody } from '../../engine/api.ts';
import type { TempFile, TempFiles, TempPath } from '../files/temp-file.ts';
import { requestDecoder, type ChunkedDecoder } from '../http/chunked-decoder.ts';

/** What decides how a body is read and kept. Sizes in bytes. */
export interface BodyRules {
  /** Of `Content-Length`; -1 for a chunked body. */
  readonly contentLength: number;
  /** `client_body_buffer_size` */
  readonly bufferSize: number;
  /** `client_max_body_size`; 0 is no limit. */
  readonly maxSize: number;
  /** `client_body_in_file_only`: `on` keeps the file, `clean` deletes it after the request. */
  readonly inFileOnly: 'off' | 'on' | 'clean';
  /** `client_body_temp_path` */
  readonly tempPath: TempPath;
  /** A lone LF ends a line of chunked framing. */
  readonly bareLineFeeds: boolean;
}

/** Smaller pieces share a block: each would take a hundred bytes besides its own. */
const smallPiece = 4096;
/** Bytes of such a block. */
const blockSize = 16_384;
const noBlock = Buffer.alloc(0);

/** A request body in memory or in a temporary file. */
export class StoredBody implements RequestBody {
  readonly parts: Buffer[] = [];
  length = 0;
  temporary: TempFile | null = null;
  /** The last part begins it, where that is not a whole piece. */
  #block: Buffer = noBlock;
  #used = 0;

  /** `$request_body_file`: the name of the file, even one that has been unlinked, as nginx tells it. */
  get file(): string {
    return this.temporary === null ? '' : this.temporary.name;
  }

  /** Keeps a copy of a piece in memory, where there will be no more than `most` bytes. */
  keep(bytes: Buffer, start: number, end: number, most: number): void {
    const size = end - start;
    const left = most - this.length;
    this.length += size;
    if (this.#used + size > this.#block.length) {
      this.#used = 0;
      if (size >= smallPiece || size === left) {
        this.#block = noBlock;
        this.parts.push(Buffer.from(bytes.subarray(start, end)));
        return;
      }
      this.#block = Buffer.allocUnsafeSlow(Math.min(blockSize, left));
      this.parts.push(noBlock);
    }
    this.#used += bytes.copy(this.#block, this.#used, start, end);
    this.parts[this.parts.length - 1] = this.#block.subarray(0, this.#used);
  }

  /** Moves what is in memory to `file`, which takes the rest. */
  moveTo(file: TempFile): void {
    this.temporary = file;
    for (const part of this.parts) file.append(part, 0, part.length);
    this.parts.length = 0;
    this.#block = noBlock;
  }

  /** Forgets what there is of it. */
  clear(): void {
    this.parts.length = this.length = 0;
    this.#block = noBlock;
    this.temporary?.close(true);
    this.temporary = null;
  }

  /** The body as a byte string, while it is in memory. */
  bytes(): string {
    if (this.temporary !== null) return '';
    return this.parts.map((part) => part.toString('latin1')).join('');
  }
}

/** A status is a failure: 400 (bad chunks), 413 (too large), 500 (no temporary file). */
export type BodyProgress = 'more' | 'done' | 400 | 413 | 500;

/**
 * Reads a request body off the client's bytes (ngx_http_request_body.c): up to the buffer size into memory, beyond it
 * into a temporary file.
 */
export class BodyReader {
  readonly body = new StoredBody();
  /** Offset after the last byte used of the last piece. */
  consumed = 0;
  /** Of a body that is too large: bytes before the chunk with which it is, and those of that chunk. */
  excess = '';
  /** What the system said when a temporary file failed. */
  error: unknown = null;
  readonly #rules: BodyRules;
  readonly #files: TempFiles;
  readonly #spilled: (name: string) => void;
  readonly #decoder: ChunkedDecoder | null;
  #left: number;
  readonly #store = (bytes: Buffer, start: number, end: number): void => this.#keep(bytes, start, end);

  /** @param spilled is told the name of the temporary file, once there is one */
  constructor(rules: BodyRules, files: TempFiles, spilled: (name: string) => void = () => undefined) {
    this.#rules = rules;
    this.#files = files;
    this.#spilled = spilled;
    this.#left = rules.contentLength;
    this.#decoder = requestDecoder(rules.contentLength, {
      bareLineFeeds: rules.bareLineFeeds,
      bodyLimit: rules.maxSize,
    });
  }

  push(bytes: Buffer, start: number, end: number): BodyProgress {
    try {
      return this.#decoder === null
        ? this.#pushLength(bytes, start, end)
        : this.#pushChunked(this.#decoder, bytes, start, end);
    } catch (error) {
      this.error = error;
      return 500;
    }
  }

  #pushLength(bytes: Buffer, start: number, end: number): BodyProgress {
    const stop = Math.min(end, start + this.#left);
    this.#keep(bytes, start, stop);
    this.#left -= stop - start;
    this.consumed = stop;
    return this.#left === 0 ? this.#done() : 'more';
  }

  #pushChunked(decoder: ChunkedDecoder, bytes: Buffer, start: number, end: number): BodyProgress {
    const result = decoder.push(bytes, start, end, this.#store);
    this.consumed = decoder.consumed;
    if (result === 'more') return 'more';
    if (result === 'done') return this.#done();
    if (result !== 'too-large') return 400;
    this.excess = `${decoder.before}+${decoder.size}`;
    return 413;
  }

  #done(): BodyProgress {
    if (this.#rules.inFileOnly !== 'off' && this.body.length > 0) this.#spill();
    return 'done';
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const body = this.body;
    const rules = this.#rules;
    if (body.temporary === null) {
      // A length that is at most a quarter above the buffer size still gets a buffer of its own.
      const room =
        rules.contentLength >= 0 && rules.contentLength < rules.bufferSize * 1.25
          ? rules.contentLength
          : rules.bufferSize;
      if (body.length + end - start <= room) {
        body.keep(bytes, start, end, room);
        return;
      }
      this.#spill();
    }
    body.length += end - start;
    body.temporary!.append(bytes, start, end);
  }

  #spill(): void {
    const body = this.body;
    if (body.temporary !== null) return;
    const rules = this.#rules;
    const file = this.#files.create(rules.tempPath, rules.inFileOnly !== 'off');
    this.#spilled(file.name);
    body.moveTo(file);
  }
}
