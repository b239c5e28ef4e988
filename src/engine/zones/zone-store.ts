/**
 * The states of zones by what the configuration says of them. A runtime that makes one engine after the other gives them the
 * same store: zones whose name, size and other settings stay go on as they are (ngx_init_cycle keeps such shared memory).
 */
export class ZoneStore {
  readonly #zones = new Map<string, unknown>();

  /** `settings`: everything that makes it the same zone. */
  take<State>(kind: string, settings: readonly unknown[], make: () => State): State {
    const key = JSON.stringify([kind, ...settings]);
    if (!this.#zones.has(key)) this.#zones.set(key, make());
    return this.#zones.get(key) as State;
  }
}
