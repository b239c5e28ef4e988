import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ResolvedBlock, ResolvedConfig } from '../2-resolve/resolved-config.ts';
import { LowerContext, Level } from './lower-context.ts';
import { directiveLowerings } from './modules/index.ts';
import { defaultAccessLog, logLowerings } from './modules/log.ts';
import { mapLowerings } from './modules/map.ts';
import { defaultProcess, lowerProcess } from './modules/process.ts';
import { decideBinding, lowerServer } from './modules/server.ts';
import { lowerUpstream } from './modules/upstream.ts';
import type { HttpPlan, Plan } from './schema.ts';
import { planVersion } from './schema.ts';
import { tables } from './schema/tables.ts';

export interface LowerOptions {
  /** `-p`, with or without a slash at its end; the entry file's directory by default. */
  readonly prefix?: string;
}

export interface Lowered {
  readonly plan: Plan;
  /** `plan/…`: what the runtime does not implement. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Turns a resolved configuration into a plan: flat, inheritance applied, every value with its place. Directives that nginx
 * refuses are passed over; what the runtime does not implement is named in the plan and in a diagnostic.
 */
export function lower(config: ResolvedConfig, options: LowerOptions = {}): Lowered {
  const entry = config.files[0]?.path ?? '';
  const confPrefix = entry.slice(0, entry.lastIndexOf('/') + 1);
  const prefix = options.prefix === undefined ? confPrefix : `${options.prefix.replace(/\/+$/, '')}/`;
  const http = config.main.children.find(({ context }) => context === 'http') ?? null;
  const plan: Plan = {
    planVersion,
    target: config.target,
    prefix,
    files: [],
    origins: [],
    process: defaultProcess(prefix),
    errorLogs: [],
    http: http === null ? null : emptyHttp(),
    notImplemented: [],
  };
  const cx = new LowerContext(config, plan, prefix, confPrefix);
  lowerProcess(cx, config.main);
  if (http !== null) lowerHttp(cx, http);
  return { plan, diagnostics: cx.diagnostics };
}

/** What an `http` block without anything in it means. */
export function emptyHttp(): HttpPlan {
  const settings = Object.fromEntries(Object.keys(tables).map((name) => [name, []])) as unknown;
  return {
    listens: [],
    servers: [],
    locations: [],
    settings: settings as HttpPlan['settings'],
    upstreams: [],
    maps: [],
    geos: [],
    splitClients: [],
    charsetMaps: [],
    variables: [],
    setVariables: [],
    resolvers: [],
    accessLogs: [],
    logFormats: [],
    zones: [],
    caches: [],
  };
}

const lowerings = directiveLowerings(lowerLevel);

function lowerHttp(cx: LowerContext, block: ResolvedBlock): void {
  const level = new Level(cx, block, null, null);
  // Formats and upstreams may be used before they are written.
  for (const directive of block.own('log_format')) logLowerings.log_format!(cx, level, directive);
  for (const directive of block.own('upstream')) {
    if (directive.opens === null) continue;
    const name = (directive.values[0] ?? '').toLowerCase();
    cx.upstreamIndex.set(name, cx.http.upstreams.length);
    lowerUpstream(cx, directive, directive.opens);
  }
  for (const directive of block.directives) {
    const map = mapLowerings[directive.name];
    if (map !== undefined && directive.valid) map(cx, directive, directive.entries);
  }
  level.own('log').access_log = [defaultAccessLog(cx)];
  lowerLevel(cx, level);
  inheritResolver(cx.http, level);
  for (const directive of block.own('server')) lowerServer(cx, level, directive, lowerLevel);
  decideBinding(cx.http.listens);
}

/** Upstreams without a resolver of their own use that of `http` (ngx_http_upstream_init_main_conf). */
function inheritResolver(http: HttpPlan, level: Level): void {
  const resolver = level.value('core', 'resolver');
  const timeout = level.value('core', 'resolver_timeout');
  for (const upstream of http.upstreams) {
    if (upstream.resolver !== -1) continue;
    if (typeof resolver === 'number') upstream.resolver = resolver;
    if (typeof timeout === 'number') upstream.resolverTimeout = timeout;
  }
}

/** Applies the directives of a level in order, then goes into the blocks that stand in it. */
function lowerLevel(cx: LowerContext, level: Level): void {
  for (const directive of level.block.directives) {
    if (!directive.valid || directive.name === 'include') continue;
    const lowering = lowerings.get(directive.name);
    if (lowering === undefined) cx.notImplemented(directive);
    else if (directive.name !== 'log_format') lowering(cx, level, directive);
  }
  level.finish();
  if (level.later !== null) for (const go of level.later) go();
}
