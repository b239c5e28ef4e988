/** Takes the data of chunks; the bytes are valid during the call only. */
export type ChunkData = (bytes: Buffer, start: number, end: number) => void;

export interface ChunkedOptions {
  /** A lone LF ends a line (nginx before 1.29.2). */
  readonly bareLineFeeds: boolean;
  /** Greatest size of the trailer section to keep, in bytes; 0 skips trailers of any size. */
  readonly trailerLimit: number;
  /** Greatest size of the body (`client_max_body_size`); 0 or none is no limit. */
  readonly bodyLimit?: number;
}

/** What takes the framing off a request's body, without its trailers; null for one of known length. */
export function requestDecoder(
  contentLength: number,
  options: Omit<ChunkedOptions, 'trailerLimit'>,
): ChunkedDecoder | null {
  return contentLength < 0 ? new ChunkedDecoder({ ...options, trailerLimit: 0 }) : null;
}

/** What came of a piece: more is needed, the body is complete, it is malformed, or it or its trailers are larger than allowed. */
export type ChunkedResult = 'more' | 'done' | 'invalid' | 'too-large' | 'too-big-trailers';

const chunkStart = 0;
const chunkSize = 1;
const extension = 2;
const extensionEnd = 3;
const data = 4;
const afterData = 5;
const afterDataEnd = 6;
const trailerStart = 7;
const trailerLine = 8;
const trailerLineEnd = 9;
const lastLineEnd = 12;
const trailerEnd = 10;
const keptTrailers = 11;
/** Steps that end it. */
const invalid = -1;
const tooLarge = -2;

const CR = 13;
const LF = 10;
/** Sizes above this cannot be counted; nginx's limit is that of off_t. */
const greatestSize = Math.floor(Number.MAX_SAFE_INTEGER / 16);

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Where the empty line of a trailer section ends, or -1. */
function trailersEnd(text: string): number {
  for (let line = 0; ;) {
    const end = text.indexOf('\n', line);
    if (end < 0) return -1;
    if (end === line || (end === line + 1 && text.charCodeAt(line) === CR)) return end + 1;
    line = end + 1;
  }
}

/** Takes chunked framing off a body, piece by piece, with nginx's strictness (ngx_http_parse.c, ngx_http_parse_chunked). */
export class ChunkedDecoder {
  /** Trailer lines with their line ends and the empty line, when they are kept. */
  trailers = '';
  /** Bytes of a piece that were used, counted from its beginning: what follows is not part of the body. */
  consumed = 0;
  /** Size of the chunks before the current one. */
  before = 0;
  #state = chunkStart;
  #size = 0;
  readonly #options: ChunkedOptions;

  constructor(options: ChunkedOptions) {
    this.#options = options;
  }

  /** What is left of the current chunk; its size where that is too large. */
  get size(): number {
    return this.#size;
  }

  /** Takes `bytes[start, end)`; gives the data in it to `sink`. `consumed` becomes the offset after the last byte used. */
  push(bytes: Buffer, start: number, end: number, sink: ChunkData): ChunkedResult {
    const lenient = this.#options.bareLineFeeds;
    let position = start;
    while (position < end) {
      const state = this.#state;
      if (state === data) {
        const stop = Math.min(end, position + this.#size);
        sink(bytes, position, stop);
        this.#size -= stop - position;
        this.before += stop - position;
        position = stop;
        if (this.#size === 0) this.#state = afterData;
        continue;
      }
      if (state === keptTrailers) return this.#keepTrailers(bytes, position, end);
      const next = this.#step(state, bytes[position]!, lenient);
      position++;
      if (next < 0) return next === invalid ? 'invalid' : 'too-large';
      this.#state = next;
      if (next === trailerEnd) {
        this.consumed = position;
        return 'done';
      }
    }
    this.consumed = end;
    return 'more';
  }

  /** The state after one byte of framing; below 0 it ends, `trailerEnd` stands for the end of the body. */
  #step(state: number, byte: number, lenient: boolean): number {
    switch (state) {
      case chunkStart:
        this.#size = hexDigit(byte);
        return this.#size < 0 ? invalid : chunkSize;
      case chunkSize: {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          if (this.#size > greatestSize) return invalid;
          this.#size = this.#size * 16 + digit;
          return chunkSize;
        }
        if (byte === CR) return extensionEnd;
        if (byte === LF && lenient) return this.#sizeKnown();
        return byte === 0x3b || byte === 0x20 || byte === 9 ? extension : invalid;
      }
      case extension:
        if (byte === CR) return extensionEnd;
        if (byte !== LF) return extension;
        return lenient ? this.#sizeKnown() : invalid;
      case extensionEnd:
        return byte === LF ? this.#sizeKnown() : invalid;
      case afterData:
        if (byte === CR) return afterDataEnd;
        return byte === LF && lenient ? chunkStart : invalid;
      case afterDataEnd:
        return byte === LF ? chunkStart : invalid;
      case trailerStart:
        if (byte === CR) return lastLineEnd;
        if (byte === LF) return lenient ? trailerEnd : invalid;
        return trailerLine;
      case lastLineEnd:
        return byte === LF ? trailerEnd : invalid;
      case trailerLine:
        if (byte === CR) return trailerLineEnd;
        if (byte === LF) return lenient ? trailerStart : invalid;
        return trailerLine;
      default:
        return byte === LF ? trailerStart : invalid;
    }
  }

  #sizeKnown(): number {
    const { bodyLimit = 0 } = this.#options;
    if (bodyLimit > 0 && bodyLimit - this.before < this.#size) return tooLarge;
    if (this.#size > 0) return data;
    return this.#options.trailerLimit > 0 ? keptTrailers : trailerStart;
  }

  #keepTrailers(bytes: Buffer, start: number, end: number): ChunkedResult {
    const before = this.trailers.length;
    const text = this.trailers + bytes.toString('latin1', start, end);
    const stop = trailersEnd(text);
    if ((stop < 0 ? text.length : stop) > this.#options.trailerLimit) return 'too-big-trailers';
    this.trailers = stop < 0 ? text : text.slice(0, stop);
    this.consumed = stop < 0 ? end : start + stop - before;
    return stop < 0 ? 'more' : 'done';
  }
}
