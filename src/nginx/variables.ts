import type { CheckContext } from './check-context.ts';
import type { VariableFact } from './facts-format.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';
import { compareVersions } from '../text/compare-versions.ts';
import type { Directive } from '../1-syntax/ast.ts';

export type Subsystem = 'http' | 'stream';

/** A variable that something reads: nginx's index of it, with the first directive that asked. */
export interface VariableUse {
  readonly name: string;
  readonly node: Directive;
}

/**
 * The variables of one subsystem (ngx_http_variables.c). Names are in lower case, as nginx keeps them. Whether a
 * used one exists is asked only at the end of the block, in the order of first use.
 */
export class Variables {
  readonly #builtIn = new Map<string, VariableFact>();
  readonly #prefixes: string[] = [];
  /** Built-in variables of newer versions, with the version. */
  readonly #later = new Map<string, string>();
  readonly #defined = new Map<string, { changeable: boolean; readonly node: Directive | null }>();
  readonly #uses = new Map<string, VariableUse>();

  constructor(subsystem: Subsystem, version: string, facts: Iterable<VariableFact>) {
    for (const fact of facts) {
      if (fact.subsystem !== subsystem || fact.commercial || fact.addon !== null || fact.userDefined)
        continue;
      if (fact.since !== null && compareVersions(fact.since, version) > 0) {
        this.#later.set(fact.name, fact.since);
        continue;
      }
      if (fact.prefix) this.#prefixes.push(fact.name);
      else this.#builtIn.set(fact.name, fact);
    }
  }

  /** ngx_http_get_variable_index. The answer is nginx's complaint about an empty name, or null. */
  use(name: string, node: Directive): Problem | null {
    if (name === '') return problem('invalid-variable-name', 'invalid variable name "$"');
    const key = name.toLowerCase();
    if (!this.#uses.has(key)) this.#uses.set(key, { name: key, node });
    return null;
  }

  /** ngx_http_add_variable: `set`, `map` and the like define a variable. */
  define(name: string, node: Directive | null, changeable: boolean): Problem | null {
    if (name === '') return problem('invalid-variable-name', 'invalid variable name "$"');
    const key = name.toLowerCase();
    const known = this.#builtIn.get(key) ?? this.#defined.get(key);
    if (known !== undefined && !known.changeable)
      return problem('duplicate-variable', `the duplicate "${name}" variable`);
    if (!this.#defined.has(key)) this.#defined.set(key, { changeable, node });
    return null;
  }

  /** Whether a value for it can be found at run time. */
  exists(name: string): boolean {
    return (
      this.#builtIn.has(name) ||
      this.#defined.has(name) ||
      this.#prefixes.some((prefix) => name.startsWith(prefix))
    );
  }

  /** The version that brought a built-in variable; null for one that was always there, or is not built in. */
  sinceOf(name: string): string | null {
    return this.#builtIn.get(name)?.since ?? null;
  }

  /** The newer version that will bring it, or null. */
  laterSince(name: string): string | null {
    return this.#later.get(name) ?? null;
  }

  /** Whether nothing but nginx itself brings it. */
  isBuiltIn(name: string): boolean {
    return this.#builtIn.has(name);
  }

  /** In the order of first use. */
  uses(): Iterable<VariableUse> {
    return this.#uses.values();
  }

  /** The names that nginx puts into its hash: its own and those that the configuration defines. */
  *hashedNames(): Generator<string> {
    yield* this.#builtIn.keys();
    yield* this.#defined.keys();
  }

  /** Every name that exists, and for the endless ones those that end like `name`; for "did you mean". */
  namesLike(name: string): string[] {
    const rest = name.slice(name.indexOf('_') + 1);
    return [
      ...this.#defined.keys(),
      ...this.#builtIn.keys(),
      ...this.#prefixes.map((prefix) => prefix + rest),
    ];
  }
}

const slots: Readonly<Record<Subsystem, Slot<Variables | null>>> = {
  http: new Slot<Variables | null>('http variables', () => null),
  stream: new Slot<Variables | null>('stream variables', () => null),
};

/** The variables of the subsystem that `cx` is reading. */
export function variablesOf(cx: CheckContext, subsystem: Subsystem): Variables {
  const slot = slots[subsystem];
  let variables = cx.cycle.get(slot);
  if (variables === null) {
    variables = new Variables(subsystem, cx.target, cx.facts.variables);
    cx.cycle.set(slot, variables);
  }
  return variables;
}

/** `http` or `stream`, by the block that is being read. */
export function subsystemOf(cx: CheckContext): Subsystem {
  return cx.block.context.startsWith('stream') ? 'stream' : 'http';
}
