/** TLS sessions by a name of theirs; when there are too many, those made first leave. */
export class SessionCache {
  readonly #size: number;
  readonly #sessions = new Map<string, Buffer>();

  /** @param size sessions that are kept at the most */
  constructor(size: number) {
    this.#size = size;
  }

  get(name: string): Buffer | undefined {
    return this.#sessions.get(name);
  }

  set(name: string, session: Buffer): void {
    this.#sessions.delete(name);
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= this.#size && oldest.done !== true) this.#sessions.delete(oldest.value);
    this.#sessions.set(name, session);
  }
}
