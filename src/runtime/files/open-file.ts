import { closeSync, openSync, readSync } from 'node:fs';

/** The bytes `[start, end)` of a file that is being sent. */
export class OpenFile {
  readonly #fd: number;
  readonly #end: number;
  #position: number;

  constructor(path: string, start: number, end: number) {
    this.#fd = openSync(path, 'r');
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
    closeSync(this.#fd);
  }
}
