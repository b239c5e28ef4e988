import type { Location, ModuleName, ModuleSettings, Server } from '../3-plan/schema.ts';
import type { ContentHandler, PhaseHandler } from './phases/phase.ts';
import type { HeadFilter } from './modules/module.ts';
import type { LocationTree } from './locations.ts';
import type { CompiledErrorPage } from './response/error-page.ts';
import type { HeadersFilter } from './response/added-headers.ts';
import type { CompiledProxy } from './proxy/compile.ts';
import type { RewriteProgram } from './rewrite/program.ts';
import type { SymlinkRule } from './static/symlinks.ts';
import type { CompiledTemplate } from './template.ts';
import type { Request } from './request.ts';

/** A server made ready for evaluation; compiled at its first request. */
export interface CompiledServer {
  /** Index into `plan.http.servers`. */
  readonly index: number;
  readonly plan: Server;
  /** `$server_name`: the first name, '' for none and for regexes as written. */
  readonly name: string;
  /** What applies before a location is found (nginx's server-level loc_conf). */
  readonly root: CompiledLocation;
  readonly named: ReadonlyMap<string, number>;
  /** There is a `tunnel_pass` somewhere in it. */
  readonly takesConnect: boolean;
}

/** Settings of every module with defaults, by module. */
export type AllSettings = {
  readonly [Name in ModuleName]: ModuleSettings<Name> & {
    /** Where each directive was written, by its name. */
    readonly at: Readonly<Record<string, number>>;
  };
};

/** Where files are looked for; `alias` as in the plan. */
export interface CompiledRoot {
  readonly alias: number;
  readonly path: CompiledTemplate;
  /** Precedes relative paths. */
  readonly prefix: string;
  /** Says in the error log that `alias` has no file for a URI that was rewritten. */
  readonly refuse: (request: Request) => void;
}

/** A location, server root, `if` or `limit_except` made ready: its settings are properties by module. */
export interface CompiledLocation extends AllSettings {
  /** Index into `plan.http.locations`. */
  readonly id: number;
  readonly plan: Location;
  /** Handlers by phase, in nginx's order. */
  readonly handlers: readonly (readonly PhaseHandler[])[];
  /** The locations written inside. */
  readonly tree: LocationTree;
  readonly rewriteProgram: RewriteProgram | null;
  readonly content: ContentHandler | null;
  readonly proxyPass: CompiledProxy | null;
  readonly errorPages: readonly CompiledErrorPage[];
  readonly root: CompiledRoot;
  /** `disable_symlinks`; null when they are followed. */
  readonly symlinks: SymlinkRule | null;
  /** Runs before all others. */
  readonly sliceFilter: HeadFilter | null;
  readonly headersFilter: HeadersFilter | null;
  /** What modules change in an answer before its head is written, in nginx's order. */
  readonly headFilters: readonly HeadFilter[];
  readonly addTrailers: HeadersFilter | null;
  /** Text of `Server:` and of the last line of error pages. */
  readonly serverToken: string;
  /** Largest body, 0: unlimited. */
  readonly maxBody: number;
}
