import type { HttpPlan, ModuleName, Plan } from '../3-plan/schema.ts';
import { tables } from '../3-plan/schema/tables.ts';
import type { PlanRegex, Setting, SettingsTable, Template } from '../3-plan/schema/setting.ts';
import { compilePcre } from '../pcre/compile.ts';
import type { World } from './api.ts';
import type { AllSettings, CompiledLocation, CompiledServer } from './compiled.ts';
import type { CompiledUpstream } from './proxy/upstreams.ts';
import type { ServerTable } from './servers.ts';
import type { ZoneStore } from './zones/zone-store.ts';
import { compareVersions } from '../text/compare-versions.ts';
import type { Request } from './request.ts';
import type { CompiledTemplate } from './template.ts';
import { compileTemplate } from './template.ts';
import { Variables } from './variables/variables.ts';

/** A regular expression made ready. */
export interface CompiledRegex {
  readonly pattern: string;
  /** Matches and keeps the captures (and named ones as variables) in the request (ngx_http_regex_exec). */
  exec(request: Request, subject: string): boolean;
  /** Matches and keeps nothing: the captures, null without a match. */
  match(subject: string): readonly (string | undefined)[] | null;
}

/** What compiling needs from everywhere; one per engine. */
export class EngineContext {
  readonly plan: Plan;
  readonly http: HttpPlan;
  readonly world: World;
  readonly variables: Variables;
  readonly zones: ZoneStore;
  /** Set by the engine: compiled on demand. */
  location!: (index: number) => CompiledLocation;
  server!: (index: number) => CompiledServer;
  /** By the plan's groups. */
  readonly #settings = new Map<object, unknown>();
  readonly #defaults: Record<string, Record<string, unknown>> = {};
  readonly #regexes = new Map<string, CompiledRegex>();
  /** By listen. */
  readonly serverTables: ServerTable[] = [];
  /** By index of the upstream in the plan. */
  readonly upstreams: CompiledUpstream[] = [];
  readonly #reached = new Map<string, boolean>();
  /** Whether the target is `version` or newer. */
  readonly since = (version: string): boolean => {
    let reached = this.#reached.get(version);
    if (reached === undefined) {
      reached = compareVersions(this.plan.target, version) >= 0;
      this.#reached.set(version, reached);
    }
    return reached;
  };
  /** What changed between versions and is asked for with every request; other changes are asked for by {@link since}. */
  readonly rules: {
    /** CONNECT takes host and port and nothing else. */
    readonly connectWithAuthority: boolean;
    /** Hosts have characters of RFC 3986. */
    readonly strictHosts: boolean;
    /** Only the first of some lines of upstreams counts. */
    readonly duplicatesIgnored: boolean;
    /** Programs that say a status without a reason get ours. */
    readonly reasonAdded: boolean;
    /** There is a `keepalive_time`. */
    readonly keepaliveTime: boolean;
  };
  /** State that lives as long as the engine, by what it belongs to. */
  readonly state = new Map<unknown, unknown>();

  constructor(plan: Plan, http: HttpPlan, world: World, zones: ZoneStore) {
    this.plan = plan;
    this.http = http;
    this.world = world;
    this.rules = {
      connectWithAuthority: this.since('1.31.0'),
      strictHosts: this.since('1.29.4'),
      duplicatesIgnored: this.since('1.23.0'),
      reasonAdded: this.since('1.25.3'),
      keepaliveTime: this.since('1.19.10'),
    };
    this.zones = zones;
    this.variables = new Variables(http.variables, http.setVariables, world);
    for (const [name, table] of Object.entries(tables)) this.#defaults[name] = this.#defaultsOf(table);
  }

  /** The folder of the configuration, with its slash. */
  get confPrefix(): string {
    const [entry = ''] = this.plan.files;
    return entry.slice(0, entry.lastIndexOf('/') + 1);
  }

  /** Seconds since the epoch. */
  get seconds(): number {
    return Math.floor(this.world.now() / 1000);
  }

  /** The path of a certificate or key: from the configuration on, unless it is no path (ngx_ssl_cache_init_key). */
  credential(text: string): string {
    return text === '' || /^(?:\/|data:|engine:|store:)/.test(text) ? text : this.confPrefix + text;
  }

  template(template: Template): CompiledTemplate {
    return compileTemplate(template, this.variables);
  }

  /** The settings of a module at one level with defaults filled in; shared between levels with the same. */
  settings<Name extends ModuleName>(module: Name, group: number | undefined): AllSettings[Name] {
    if (group === undefined) return this.#defaults[module] as unknown as AllSettings[Name];
    const given = this.http.settings[module][group]!;
    let found = this.#settings.get(given);
    if (found === undefined) {
      found = { ...this.#defaults[module], ...given };
      this.#settings.set(given, found);
    }
    return found as AllSettings[Name];
  }

  #defaultsOf(table: SettingsTable): Record<string, unknown> {
    const values: Record<string, unknown> = { at: {} };
    for (const [name, setting] of Object.entries(table as Record<string, Setting<unknown>>)) {
      const entry = setting.default.filter(([since]) => since === '0' || this.since(since)).at(-1);
      values[name] = entry?.[1];
    }
    return values;
  }

  regex({ pattern, caseless }: PlanRegex): CompiledRegex {
    const key = `${caseless ? 'i' : ' '}${pattern}`;
    let found = this.#regexes.get(key);
    if (found === undefined) {
      found = this.#compileRegex(pattern, caseless);
      this.#regexes.set(key, found);
    }
    return found;
  }

  #compileRegex(pattern: string, caseless: boolean): CompiledRegex {
    const compiled = compilePcre(pattern, { caseless });
    if (compiled.ok !== true) {
      const reason = compiled.ok === false ? compiled.message : `${compiled.reason} is not supported`;
      const text = `regular expression "${pattern}" cannot be matched: ${reason}`;
      return {
        pattern,
        exec: (request) => {
          this.world.log('error', text, request);
          return false;
        },
        match: () => null,
      };
    }
    const names = [...compiled.names].map(
      ([name, number]) => [this.variables.setter(name.toLowerCase()), number] as const,
    );
    return {
      pattern,
      exec(request, subject) {
        const match = compiled.exec(subject);
        if (match === null) return false;
        request.captures = match;
        for (const [set, number] of names) set(request, match[number] ?? '');
        return true;
      },
      match: (subject) => compiled.exec(subject),
    };
  }

  /** State that is made once and kept (`key` is an object or name of the owner). */
  once<State>(key: unknown, make: () => State): State {
    let found = this.state.get(key);
    if (found === undefined) {
      found = make();
      this.state.set(key, found);
    }
    return found as State;
  }
}
