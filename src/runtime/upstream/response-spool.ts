import type { BodyWriter } from '../client/body-writer.ts';
import type { StoreFile } from '../cache/store-file.ts';
import type { TempFile, TempFiles, TempPath } from '../files/temp-file.ts';

export interface SpoolLimits {
  /** Bytes that may wait in memory (`proxy_buffers`), and then in a file (`proxy_max_temp_file_size`); both 0 without buffering. */
  readonly memory: number;
  readonly file: number;
  /** Bytes of a body that come together before any of them is sent (a buffer of nginx's); 0 sends each piece. */
  readonly unit: number;
  readonly tempPath: TempPath;
}

const pieceSize = 65_536;

/** Lets an upstream send faster than the client takes: in memory first, then in a temporary file (ngx_event_pipe.c). */
export class ResponseSpool {
  readonly #writer: BodyWriter;
  readonly #limits: SpoolLimits;
  readonly #files: TempFiles;
  readonly #roomAgain: () => void;
  /** What waits in memory, before what waits in the file. */
  #parts: Buffer[] = [];
  /** And behind that, when the file may grow no more. */
  #behind: Buffer[] = [];
  #inMemory = 0;
  readonly #store: StoreFile | null;
  readonly #spilled: (name: string) => void;
  #file: TempFile | null = null;
  #read = 0;
  #collect: Buffer | null = null;
  #collected = 0;
  /** The client has to take something before more is given to the writer. */
  #waiting = false;
  #full = false;
  #closed = false;
  #ending: (() => void) | null = null;

  /**
   * @param roomAgain called when `push` may be used again after it gave false
   * @param store the body is stored as well: what the client does not take yet is read from there
   * @param spilled is told the name of the temporary file, once there is one
   */
  constructor(
    writer: BodyWriter,
    limits: SpoolLimits,
    files: TempFiles,
    roomAgain: () => void,
    store: StoreFile | null = null,
    spilled: (name: string) => void = () => undefined,
  ) {
    this.#writer = writer;
    this.#limits = limits;
    this.#files = files;
    this.#roomAgain = roomAgain;
    this.#store = store;
    this.#spilled = spilled;
    this.#read = store === null ? 0 : store.bodyStart;
  }

  /**
   * Takes bytes that may change after the call.
   *
   * @param last the body ends with them
   * @returns false when nothing more should come for now
   * @throws the system's error when a temporary file cannot be written
   */
  push(bytes: Buffer, start: number, end: number, last: boolean): boolean {
    if (this.#closed) return true;
    const size = end - start;
    if (!last && this.#collected + size < this.#limits.unit) {
      this.#collect ??= Buffer.allocUnsafe(this.#limits.unit);
      this.#collected += bytes.copy(this.#collect, this.#collected, start, end);
      return true;
    }
    const room = this.flush();
    return this.#take(bytes, start, end) && room;
  }

  /** Sends what has been collected. */
  flush(): boolean {
    const size = this.#collected;
    if (size === 0) return true;
    this.#collected = 0;
    return this.#take(this.#collect!, 0, size);
  }

  #take(bytes: Buffer, start: number, end: number): boolean {
    if (this.#store !== null) return this.#takeStored(this.#store, bytes, start, end);
    if (!this.#waiting) {
      if (this.#writer.bytes(bytes, start, end)) return true;
      this.#wait();
    } else this.#keep(bytes, start, end);
    this.#full = !this.#hasRoom;
    return !this.#full;
  }

  get #hasRoom(): boolean {
    return this.#inMemory < this.#limits.memory || this.#fileTakes;
  }

  /** The file may grow, and nothing waits behind it. */
  get #fileTakes(): boolean {
    return this.#behind.length === 0 && (this.#file?.length ?? 0) < this.#limits.file;
  }

  /** The file takes everything, so there is always room. */
  #takeStored(store: StoreFile, bytes: Buffer, start: number, end: number): true {
    store.append(bytes, start, end);
    if (this.#waiting) return true;
    this.#read += end - start;
    if (!this.#writer.bytes(bytes, start, end)) this.#wait();
    return true;
  }

  /** Calls `done` when everything has been given to the writer. */
  end(done: () => void): void {
    this.flush();
    this.#ending = done;
    if (!this.#waiting) this.#finish();
  }

  close(): void {
    this.#closed = true;
    this.#parts = this.#behind = [];
    this.#file?.close(true);
    this.#file = null;
    this.#store?.close();
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const atFirst = this.#file === null && this.#behind.length === 0 && this.#inMemory < this.#limits.memory;
    if (atFirst || !this.#fileTakes) {
      (atFirst ? this.#parts : this.#behind).push(Buffer.from(bytes.subarray(start, end)));
      this.#inMemory += end - start;
      return;
    }
    if (this.#file === null) {
      this.#file = this.#files.create(this.#limits.tempPath, false);
      this.#spilled(this.#file.name);
    }
    this.#file.append(bytes, start, end);
  }

  #wait(): void {
    this.#waiting = true;
    this.#writer.whenReady(() => this.#drain());
  }

  #drain(): void {
    this.#waiting = false;
    while (!this.#closed) {
      const part = this.#next();
      if (part === null) break;
      if (!this.#writer.bytes(part, 0, part.length)) {
        this.#wait();
        break;
      }
    }
    if (this.#closed) return;
    if (this.#full && (!this.#waiting || this.#hasRoom)) {
      this.#full = false;
      this.#roomAgain();
    }
    if (!this.#waiting && this.#ending !== null) this.#finish();
  }

  #next(): Buffer | null {
    const file = this.#store?.temporary ?? this.#file;
    const isRead = file === null || this.#read === file.length;
    const part = this.#parts.shift() ?? (isRead ? this.#behind.shift() : undefined);
    if (part !== undefined) {
      this.#inMemory -= part.length;
      return part;
    }
    if (file === null || isRead) return null;
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceSize, file.length - this.#read));
    const size = file.read(piece, this.#read);
    this.#read += size;
    return piece.subarray(0, size);
  }

  #finish(): void {
    const done = this.#ending!;
    this.#ending = null;
    this.close();
    done();
  }
}
