import type { BlockState, CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';

/** Judges the directive that `cx` describes; null when nginx takes it. */
export type Handler = (cx: CheckContext) => Problem | null;

/**
 * What one nginx module checks beyond what the tables say: its own parsers (the `set` functions of its
 * ngx_command_t), and its hooks. Argument counts, contexts and terminators were checked before a handler runs, and
 * values of the generic kinds (`flag`, `size`, …) need no handler at all.
 */
export interface ModuleChecks {
  /** Name of the C module, e.g. `ngx_http_proxy_module`. */
  readonly module: string;
  /** By directive. For a directive that opens a block it runs at the `{`. It replaces the generic check. */
  readonly directives?: Readonly<Record<string, Handler>>;
  /** By directive: runs on each entry of the map-like block that the directive opens; `cx.name` is the first word. */
  readonly entries?: Readonly<Record<string, Handler>>;
  /** By directive: runs at the `}` of the block that it opens; `cx.block` is that block, `cx.node` its directive. */
  readonly closing?: Readonly<Record<string, Handler>>;
  /** At the `}` of `http` (`stream`, `mail`), before merging. */
  readonly initMain?: (cx: CheckContext, main: BlockState) => void;
  /** For each server in order (in `http`, if any directive of the module was accepted), at the `}` of `http` (`stream`, `mail`). */
  readonly mergeServer?: (cx: CheckContext, server: BlockState, main: BlockState) => void;
  /** The same for each server and each block below it (`location`, `if`, `limit_except`) in order, at the `}` of `http`. */
  readonly mergeLocation?: (cx: CheckContext, location: BlockState, parent: BlockState) => void;
  /** After all modules have merged (ngx_http_init_locations, ngx_http_init_static_location_trees). */
  readonly locationTrees?: (cx: CheckContext, main: BlockState) => void;
  /** After that, for each module in order. */
  readonly postconfiguration?: (cx: CheckContext, main: BlockState) => void;
  /** Last at the `}`: variables, then addresses and server names. */
  readonly finish?: (cx: CheckContext, main: BlockState) => void;
  /** After the whole configuration was read (init_conf of core modules); nginx names no line then. */
  readonly initCycle?: (cx: CheckContext, root: BlockState) => void;
  /** Last of all, when nginx opens files, zones and sockets (the end of ngx_init_cycle). */
  readonly endOfCycle?: (cx: CheckContext, root: BlockState) => void;
}
