import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../2-resolve/resolved-config.ts';
import { compareVersions } from '../text/compare-versions.ts';
import type { SourceFile } from '../text/source-file.ts';
import type { Content, HttpPlan, Location, ModuleName, Plan } from './schema.ts';
import { details, notImplemented } from './not-implemented.ts';
import type { Effect } from './not-implemented.ts';

/** The settings of one module at one level while it is being filled. */
export type Draft = Record<string, unknown> & { at: Record<string, number> };

/** One level of configuration during the lowering: http, a server, a location, an `if`, a `limit_except`. */
export class Level {
  readonly block: ResolvedBlock;
  readonly parent: Level | null;
  readonly location: Location | null;
  /** Index of each module's settings in the plan; the outer level's object until this level has settings of its own. */
  groups: Partial<Record<ModuleName, number>>;
  readonly #cx: LowerContext;
  // Made on demand: most of ten thousands of levels need none of them.
  #own: Map<ModuleName, Draft> | null = null;
  #ownNames: Set<string> | null = null;
  /** Blocks to lower when the settings of this level are complete; null for none. */
  later: (() => void)[] | null = null;

  constructor(cx: LowerContext, block: ResolvedBlock, parent: Level | null, location: Location | null) {
    this.#cx = cx;
    this.block = block;
    this.parent = parent;
    this.location = location;
    this.groups = parent === null ? {} : parent.groups;
    if (location !== null) location.settings = this.groups;
  }

  /** The settings of a module at this level: a copy of the outer ones at the first call, made on demand. */
  own(module: ModuleName): Draft {
    const known = this.#own?.get(module);
    if (known !== undefined) return known;
    if (this.#own === null) {
      this.groups = { ...this.groups };
      if (this.location !== null) this.location.settings = this.groups;
      this.#own = new Map();
    }
    const settings = this.#cx.http.settings[module] as unknown as Draft[];
    const outer = this.groups[module] === undefined ? undefined : settings[this.groups[module]];
    const draft = (outer === undefined ? { at: {} } : { ...outer, at: { ...outer.at } }) as Draft;
    this.#own.set(module, draft);
    this.groups[module] = settings.push(draft) - 1;
    return draft;
  }

  set(module: ModuleName, name: string, value: unknown, directive: ResolvedDirective): void {
    const draft = this.own(module);
    draft[name] = value;
    draft.at[name] = this.#cx.origin(directive);
  }

  /** The list of a directive whose values replace the outer level's list as soon as this level has one. */
  list<Item>(module: ModuleName, name: string, directive: ResolvedDirective): Item[] {
    const draft = this.own(module);
    const names = (this.#ownNames ??= new Set());
    if (!names.has(name)) {
      names.add(name);
      draft[name] = [];
      draft.at[name] = this.#cx.origin(directive);
    }
    return draft[name] as Item[];
  }

  /** Does something when the settings of this level are complete. */
  defer(go: () => void): void {
    (this.later ??= []).push(go);
  }

  /** `add_header_inherit merge` (1.29.3): the outer list comes before the level's own; `off` drops it. */
  finish(): void {
    for (const name of ['add_header', 'add_trailer']) {
      const mode = this.value('headers', `${name}_inherit`);
      if (mode === undefined || mode === 'on') continue;
      const outer = (this.outer('headers', name) ?? []) as unknown[];
      const draft = this.own('headers');
      const own = this.#ownNames?.has(name) === true ? (draft[name] as unknown[]) : [];
      draft[name] = mode === 'merge' ? [...outer, ...own] : own;
    }
  }

  /** What the outer levels say, undefined when nothing was written. */
  outer(module: ModuleName, name: string): unknown {
    const index = this.parent?.groups[module];
    if (index === undefined) return undefined;
    return (this.#cx.http.settings[module] as unknown as Draft[])[index]![name];
  }

  /** What is known at this level now. */
  value(module: ModuleName, name: string): unknown {
    const index = this.groups[module];
    if (index === undefined) return undefined;
    return (this.#cx.http.settings[module] as unknown as Draft[])[index]![name];
  }

  setContent(content: Content): void {
    if (this.location !== null) this.location.content = content;
  }
}

/** What is said of a directive that the runtime does not implement, or of one of its parameters. */
export interface NotImplementedPart {
  readonly parameter?: string;
  readonly detail?: string;
  readonly effect?: Effect;
}

/** State of one lowering. */
export class LowerContext {
  readonly config: ResolvedConfig;
  readonly target: string;
  readonly prefix: string;
  readonly confPrefix: string;
  readonly plan: Plan;
  readonly diagnostics: Diagnostic[] = [];
  /** The directive whose place was asked for last: lowerings ask for the same one several times. */
  #lastDirective: ResolvedDirective | null = null;
  #lastOrigin = -1;
  readonly #files = new Map<SourceFile, number>();
  readonly #variables = new Set<string>();
  /** Names of upstream blocks, and host:port of addresses in `proxy_pass`, to the upstream's index. */
  readonly upstreamIndex = new Map<string, number>();
  readonly #locations = new Map<Location, number>();

  constructor(config: ResolvedConfig, plan: Plan, prefix: string, confPrefix: string) {
    this.config = config;
    this.target = config.target;
    this.prefix = prefix;
    this.confPrefix = confPrefix;
    this.plan = plan;
    for (const file of config.files) this.#file(file);
  }

  get http(): HttpPlan {
    return this.plan.http!;
  }

  /** Whether the target is `version` or newer. */
  since(version: string): boolean {
    return compareVersions(this.target, version) >= 0;
  }

  /** The index of the place of a directive (its name) in `plan.origins`. */
  origin(directive: ResolvedDirective): number {
    if (directive !== this.#lastDirective) {
      this.#lastDirective = directive;
      this.#lastOrigin = this.originAt(directive.node.file, directive.node.start);
    }
    return this.#lastOrigin;
  }

  originAt(file: SourceFile, offset: number): number {
    const { line, column } = file.positionAt(offset);
    return this.plan.origins.push(this.#file(file), line, column) / 3 - 1;
  }

  #file(file: SourceFile): number {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const index = this.plan.files.push(file.path) - 1;
    this.#files.set(file, index);
    return index;
  }

  addLocation(location: Location): void {
    this.#locations.set(location, this.http.locations.push(location) - 1);
  }

  indexOf(location: Location): number {
    return this.#locations.get(location)!;
  }

  /** A path as nginx completes it from its prefix. */
  path(path: string): string {
    return path.startsWith('/') ? path : this.prefix + path;
  }

  confPath(path: string): string {
    return path.startsWith('/') ? path : this.confPrefix + path;
  }

  /**
   * Declares a variable that configuration writes to. Before it has a value it is empty, with a warning, where `set` made it
   * (ngx_http_rewrite_set), and has none where it is a capture or of `auth_request_set`.
   */
  variable(name: string, by: 'set' | 'capture' | 'auth_request_set'): void {
    const lower = name.toLowerCase();
    const known = this.#variables.has(lower);
    if (!known) {
      this.#variables.add(lower);
      this.http.variables.push(lower);
    }
    const { setVariables } = this.http;
    if (by === 'set' && !known) setVariables.push(lower);
    // The handler of a capture replaces the one of a "set" before it (ngx_http_regex_compile).
    if (by === 'capture' && setVariables.includes(lower)) setVariables.splice(setVariables.indexOf(lower), 1);
  }

  /**
   * Says that a directive, or one `parameter` of it, has no effect in the runtime, unless it only says that something is
   * off. Its effect and a detail are those of `notImplemented` where nothing else is given; unknown effects count as changes.
   */
  notImplemented(directive: ResolvedDirective, { parameter = '', ...given }: NotImplementedPart = {}): void {
    const { name, spec } = directive;
    const known = parameter === '' ? notImplemented[name] : undefined;
    if (known?.unlessOff === true && directive.values[0]?.toLowerCase() === 'off') return;
    const effect = given.effect ?? known?.effect ?? 'changes';
    this.plan.notImplemented.push({
      directive: name,
      module: spec?.module ?? '',
      effect,
      origin: this.origin(directive),
    });
    const what = parameter === '' ? `"${name}"` : `"${parameter}" of "${name}"`;
    this.diagnostics.push(
      diagnostic({
        code: 'plan/not-implemented',
        severity: effect === 'changes' ? 'error' : 'info',
        message: `${what} is not implemented by the runtime`,
        detail: given.detail ?? known?.detail ?? details[effect],
        file: directive.node.file,
        span: { start: directive.node.name.start, end: directive.node.name.end },
      }),
    );
  }
}
