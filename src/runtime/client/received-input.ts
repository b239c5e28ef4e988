import { HeadTries } from '../http/head-tries.ts';

const isLineEnd = (code: number): boolean => code === 10 || code === 13;

/**
 * What a client has sent and nobody has used yet, latin1: the head of the next request and what came behind it (nginx's
 * `c->buffer` and `hc->busy`).
 */
export class ReceivedInput {
  /** What is not used yet begins at `from`. */
  text = '';
  from = 0;
  readonly #tries = new HeadTries();

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
    this.#tries.reset();
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
    this.#tries.incomplete(this.text);
  }

  /** Whether to parse the head again, after {@link headIncomplete}. */
  get worthTrying(): boolean {
    return this.#tries.isWorth(this.text);
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
