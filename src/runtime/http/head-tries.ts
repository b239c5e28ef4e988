/** A head is parsed again when this many bytes have been added to it, or a line has ended. */
const retrySize = 1024;
/** But no more often than this for lines that are not its last. */
const mostLines = 32;
const emptyLine = /\n\r?\n/;

/** Tells when a head that comes in pieces is parsed again: not for each of its bytes, nor for each of its lines. */
export class HeadTries {
  /** Length of the text when it was last found incomplete. */
  #tried = 0;
  /** How often it was parsed because a line had ended. */
  #lines = 0;

  /** The text so far holds no whole head. */
  incomplete(text: string): void {
    this.#tried = text.length;
  }

  /** Another head begins. */
  reset(): void {
    this.#tried = this.#lines = 0;
  }

  /** Whether it is worth trying again, with what has been added to the text. */
  isWorth(text: string): boolean {
    if (this.#tried < retrySize || text.length - this.#tried >= retrySize) return true;
    if (text.indexOf('\n', this.#tried) < 0) return false;
    // A line may have ended just before.
    return ++this.#lines <= mostLines || emptyLine.test(text.slice(this.#tried - 2));
  }
}
