/** A typed key of a {@link Store}; `create` makes the value when it is first needed. */
export class Slot<T> {
  readonly name: string;
  readonly create: () => T;

  constructor(name: string, create: () => T) {
    this.name = name;
    this.create = create;
  }
}

/** What modules remember while a configuration is read: nginx's conf structures, by slot instead of by offset. */
export class Store {
  #values: Map<Slot<unknown>, unknown> | undefined;

  /** The value of `slot`, made now if there is none yet. */
  get<T>(slot: Slot<T>): T {
    this.#values ??= new Map();
    const known = this.#values.get(slot as Slot<unknown>);
    if (known !== undefined) return known as T;
    const made = slot.create();
    this.#values.set(slot as Slot<unknown>, made);
    return made;
  }

  /** The value of `slot` if one was made. */
  peek<T>(slot: Slot<T>): T | undefined {
    return this.#values?.get(slot as Slot<unknown>) as T | undefined;
  }

  set<T>(slot: Slot<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(slot as Slot<unknown>, value);
  }
}
