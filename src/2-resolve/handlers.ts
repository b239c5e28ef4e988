import type { BlockState, CheckContext } from '../nginx/check-context.ts';
import type { Handler, ModuleChecks } from '../nginx/module-checks.ts';
import type { DirectiveSpec } from '../nginx/types.ts';

type Subsystem = 'http' | 'stream' | 'mail';

const subsystemOfBlock: Readonly<Record<string, Subsystem>> = {
  http: 'http',
  stream: 'stream',
  mail: 'mail',
};

/** What to call for a directive: where it is read, for each entry of its block, and at its `}`. */
export interface DirectiveHandlers {
  readonly directive: Handler | null;
  readonly entry: Handler | null;
  readonly closing: Handler | null;
}

/** The checks of all modules, by what asks for them. */
export class Handlers {
  readonly #byModule: ReadonlyMap<string, ModuleChecks>;
  readonly #modules: readonly ModuleChecks[];
  readonly #bySpec = new Map<DirectiveSpec, DirectiveHandlers>();

  constructor(modules: readonly ModuleChecks[]) {
    this.#modules = modules;
    this.#byModule = new Map(modules.map((module) => [module.module, module]));
  }

  /** The checks of one directive. */
  of(spec: DirectiveSpec): DirectiveHandlers {
    let handlers = this.#bySpec.get(spec);
    if (handlers === undefined) {
      const module = this.#byModule.get(spec.module);
      handlers = {
        directive: own(module?.directives, spec.name),
        entry: own(module?.entries, spec.name),
        closing: own(module?.closing, spec.name),
      };
      this.#bySpec.set(spec, handlers);
    }
    return handlers;
  }

  /** What happens at the `}` of `http`, `stream` and `mail` (ngx_http_block and its kin), in nginx's order. */
  endOfBlock(cx: CheckContext, spec: DirectiveSpec, block: BlockState): void {
    const subsystem = spec.module === `ngx_${spec.name}_module` ? subsystemOfBlock[spec.name] : undefined;
    if (subsystem !== undefined) this.endOfSubsystem(cx, subsystem, block);
  }

  endOfSubsystem(cx: CheckContext, subsystem: Subsystem, main: BlockState): void {
    const modules = this.#modules.filter(({ module }) => module.startsWith(`ngx_${subsystem}_`));
    const serverContext = subsystem === 'http' ? 'server' : `${subsystem}.server`;
    const servers = main.children.filter(({ context }) => context === serverContext);
    for (const { module, initMain, mergeServer, mergeLocation } of modules) {
      initMain?.(cx, main);
      // With many servers it pays not to ask modules that nothing was said to.
      if (subsystem === 'http' && !cx.seenModules.has(module)) continue;
      if (mergeServer === undefined && mergeLocation === undefined) continue;
      for (const server of servers) {
        mergeServer?.(cx, server, main);
        if (mergeLocation !== undefined) mergeBelow(cx, server, main, mergeLocation);
      }
    }
    for (const { locationTrees } of modules) locationTrees?.(cx, main);
    for (const { postconfiguration } of modules) postconfiguration?.(cx, main);
    for (const { finish } of modules) finish?.(cx, main);
  }

  /** After everything was read (ngx_init_cycle): init_conf of the core modules. */
  endOfCycle(cx: CheckContext, root: BlockState): void {
    for (const { initCycle } of this.#modules) initCycle?.(cx, root);
    for (const { endOfCycle } of this.#modules) endOfCycle?.(cx, root);
  }
}

function mergeBelow(
  cx: CheckContext,
  level: BlockState,
  parent: BlockState,
  merge: NonNullable<ModuleChecks['mergeLocation']>,
): void {
  merge(cx, level, parent);
  for (const child of level.children) mergeBelow(cx, child, level, merge);
}

function own(handlers: Readonly<Record<string, Handler>> | undefined, name: string): Handler | null {
  return handlers !== undefined && Object.hasOwn(handlers, name) ? handlers[name]! : null;
}
