import type { Request } from '../../engine/request.ts';
import type { DataPath } from '../data-path.ts';
import { StoreFile } from './store-file.ts';

/** An answer that is stored besides being sent; the engine is told what becomes of it. */
export class StoredAnswer {
  readonly file: StoreFile;
  readonly #path: DataPath;
  readonly #request: Request;

  private constructor(path: DataPath, request: Request, file: StoreFile) {
    this.#path = path;
    this.#request = request;
    this.file = file;
  }

  /**
   * Null: it is not to be stored. `log` takes what goes wrong later (level crit).
   *
   * @throws the system's error when the file cannot be made
   */
  static open(path: DataPath, request: Request, log: (message: string) => void): StoredAnswer | null {
    const job = path.engine.storeJob(request);
    return job === null ? null : new StoredAnswer(path, request, new StoreFile(job, path.tempFiles, log));
  }

  /**
   * Stores an answer that is there as a whole, if it is to be stored.
   *
   * @param body latin1
   * @param log takes what goes wrong later (level crit)
   * @throws the system's error when the file cannot be written; nothing is stored then
   */
  static keepWhole(path: DataPath, request: Request, body: string, log: (message: string) => void): void {
    const answer = StoredAnswer.open(path, request, log);
    if (answer === null) return;
    try {
      answer.file.append(Buffer.from(body, 'latin1'), 0, body.length);
    } catch (error) {
      answer.drop();
      throw error;
    }
    answer.keep();
    answer.file.close();
  }

  /** It is whole: the file gets its name. */
  keep(): void {
    this.#path.engine.stored(this.#request, this.file.commit());
  }

  /** It is not whole: nothing is stored. */
  drop(): void {
    this.file.discard();
    this.#path.engine.stored(this.#request, null);
  }
}
