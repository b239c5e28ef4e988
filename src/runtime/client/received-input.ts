/** A head is parsed again when this many bytes have been added to it, or a line has ended. */
const retrySize = 1024;
/** But no more often than this for lines that are not its last. */
const mostLines = 32;
const emptyLine = /\n\r?\n/;
const isLineEnd = (code: number): boolean => code === 10 || code === 13;

/**
 * What a client has sent and nobody has used yet, latin1: the head of the next request and what came behind it (nginx's
 * `c->buffer` and `hc->busy`).
 */
export class ReceivedInput {
  /** What is not used yet begins at `from`. */
  text = '';
  from = 0;
  /** Length of the text when its head was last found incomplete. */
  #tried = 0;
  /** How often it was parsed because a line had ended. */
  #lines = 0;

  get length(): number {
    return this.text.length - this.from;
  }

  append(bytes: Buffer, start: number, end: number): void {
    const piece = bytes.toString('latin1', start, end);
    if (this.text.length === this.from) this.text = piece;
    else this.text = (this.from === 0 ? this.text : this.text.slice(this.from)) + piece;
    this.from = 0;
  }

  /** A head was found that ends at `end`. */
  headFound(end: number): void {
    this.#tried = this.#lines = 0;
    this.from = end;
    if (end < this.text.length) return;
    this.text = '';
    this.from = 0;
  }

  /**
   * What there is holds no whole head. Of empty lines before it one byte is kept, to tell that something came: clients may send
   * them without an end (ngx_http_alloc_large_header_buffer).
   */
  headIncomplete(): void {
    let begin = this.from;
    while (isLineEnd(this.text.charCodeAt(begin)) && isLineEnd(this.text.charCodeAt(begin + 1))) begin++;
    if (begin > 0) this.text = this.text.slice(begin);
    this.from = 0;
    this.#tried = this.text.length;
  }

  /** Whether to parse the head again: one that comes byte by byte, or line by line, is not parsed for each of them. */
  get worthTrying(): boolean {
    if (this.#tried < retrySize || this.text.length - this.#tried >= retrySize) return true;
    if (this.text.indexOf('\n', this.#tried) < 0) return false;
    // A line may have ended just before.
    return ++this.#lines <= mostLines || emptyLine.test(this.text.slice(this.#tried - 2));
  }

  peek(): Buffer {
    return Buffer.from(this.from === 0 ? this.text : this.text.slice(this.from), 'latin1');
  }

  /** As `peek`, and uses it up. */
  take(): Buffer {
    const input = this.peek();
    this.text = '';
    this.from = 0;
    return input;
  }
}
