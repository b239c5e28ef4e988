import type { World } from '../api.ts';
import type { Request } from '../request.ts';
import type { Evaluator } from '../template.ts';

/** The value of a variable; null when it has none (`not_found`), which most users treat as ''. */
export type Getter = (request: Request) => string | null;

export interface VariableSpec {
  readonly get: Getter;
  /** The first value is kept for the request and its subrequests (variables without NGX_HTTP_VAR_NOCACHEABLE whose value could change). */
  readonly cached: boolean;
  /** The value of a cached one is not final yet: it is not kept. */
  readonly unsettled?: (request: Request) => boolean;
  /** For `set`; variables without it keep assigned values in their slot. */
  readonly set?: (request: Request, value: string) => void;
}

/** Makes the variable of a family (`http_`, `arg_` …) from the rest of its name. */
export type VariableFamily = (suffix: string) => VariableSpec;

interface Variable {
  readonly spec: VariableSpec;
  /** Place in `request.variables`; -1 while no value is ever kept. */
  readonly slot: number;
  readonly evaluate: Evaluator;
  readonly get: Getter;
}

/** Every variable of one engine, by lower-case name. Names not known here were refused when the configuration was read. */
export class Variables {
  readonly #specs = new Map<string, VariableSpec>();
  readonly #families: { readonly prefix: string; readonly make: VariableFamily }[] = [];
  readonly #made = new Map<string, Variable>();
  readonly #assigned: ReadonlySet<string>;
  readonly #set: ReadonlySet<string>;
  readonly #world: World;
  #slots = 0;

  /** `assigned`: names that the configuration writes to (`set`, captures …); `set`: those of them that `set` made. */
  constructor(assigned: readonly string[], set: readonly string[], world: World) {
    this.#assigned = new Set(assigned);
    this.#set = new Set(set);
    this.#world = world;
  }

  define(name: string, spec: VariableSpec): void {
    this.#specs.set(name, spec);
  }

  family(prefix: string, make: VariableFamily): void {
    this.#families.push({ prefix, make });
  }

  /** Text for templates: '' when there is no value. */
  evaluator(name: string): Evaluator {
    return this.#variable(name).evaluate;
  }

  getter(name: string): Getter {
    return this.#variable(name).get;
  }

  /** The getter of a name that was built at run time (SSI); null when there is no such variable. */
  find(name: string): Getter | null {
    const known = this.#made.has(name) || this.#specs.has(name) || this.#assigned.has(name);
    return known || this.#fromFamily(name) !== undefined ? this.#variable(name).get : null;
  }

  /** What `set` and captures use to give a variable a value. */
  setter(name: string): (request: Request, value: string) => void {
    const { spec, slot } = this.#variable(name);
    if (spec.set !== undefined) return spec.set;
    return (request, value) => {
      request.variables[slot] = value;
    };
  }

  #variable(name: string): Variable {
    let variable = this.#made.get(name);
    if (variable === undefined) {
      variable = this.#make(name);
      this.#made.set(name, variable);
    }
    return variable;
  }

  #make(name: string): Variable {
    const known = this.#specs.get(name) ?? this.#fromFamily(name);
    const spec = known ?? this.#unset(name);
    const keeps = spec.cached || (this.#assigned.has(name) && spec.set === undefined);
    if (!keeps) {
      const { get } = spec;
      return { spec, slot: -1, get, evaluate: (request) => get(request) ?? '' };
    }
    const slot = this.#slots++;
    const { cached } = spec;
    const get: Getter = (request) => {
      const kept = request.variables[slot];
      if (kept !== undefined) return kept;
      const value = spec.get(request);
      if (cached && spec.unsettled?.(request) !== true) request.variables[slot] = value;
      return value;
    };
    return { spec, slot, get, evaluate: (request) => get(request) ?? '' };
  }

  #fromFamily(name: string): VariableSpec | undefined {
    const family = this.#families.find(({ prefix }) => name.startsWith(prefix));
    return family?.make(name.slice(family.prefix.length));
  }

  /** A variable that only `set` (ngx_http_rewrite_var), a capture or `auth_request_set` gives a value. */
  #unset(name: string): VariableSpec {
    const world = this.#world;
    if (!this.#set.has(name)) return { cached: true, get: () => null };
    return {
      cached: true,
      get: (request) => {
        if (request.location.log.uninitialized_variable_warn)
          world.log('warn', `using uninitialized "${name}" variable`, request);
        return '';
      },
    };
  }
}
