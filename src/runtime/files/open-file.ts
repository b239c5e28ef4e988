import { closeSync, openSync, readSync } from 'node:fs';

/** The bytes `[start, end)` of a file that is being sent. */
export class OpenFile {
  readonly #fd: number;
  readonly #borrowed: boolean;
  readonly #end: number;
  #position: number;

  /** @param descriptor of whoever has opened the file already, and closes it; null opens it here */
  constructor(path: string, start: number, end: number, descriptor: number | null = null) {
    this.#borrowed = descriptor !== null;
    this.#fd = descriptor ?? openSync(path, 'r');
    this.#position = start;
    this.#end = end;
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
    if (!this.#borrowed) closeSync(this.#fd);
  }
}
