import type { ModuleName } from '../3-plan/schema.ts';
import { tables } from '../3-plan/schema/tables.ts';
import type { AllSettings, CompiledLocation, CompiledServer } from './compiled.ts';
import { contentHandler } from './content.ts';
import type { EngineContext } from './context.ts';
import { buildTree } from './locations.ts';
import { compileGateway } from './gateways/compile.ts';
import { engineModules } from './modules/index.ts';
import { randomIndexHandler } from './modules/random-index.ts';
import { sliceFilter } from './modules/slice.ts';
import type { PhaseHandler, PhaseName } from './phases/phase.ts';
import { phaseCount, phases } from './phases/phase.ts';
import type { CompiledProxy } from './proxy/compile.ts';
import { compileProxy } from './proxy/compile.ts';
import type { DefaultRedirect } from './proxy/response-rules.ts';
import { compileTunnel } from './proxy/tunnel.ts';
import { compileRewrite } from './rewrite/program.ts';
import { compileHeadersFilter, compileTrailers } from './response/added-headers.ts';
import { compileErrorPages } from './response/error-page.ts';
import { indexHandler, staticHandler } from './static/static.ts';
import { compileSymlinks } from './static/symlinks.ts';
import { compileTryFiles } from './static/try-files.ts';

const moduleNames = Object.keys(tables) as ModuleName[];

/** Children of each location, made once for the whole plan: index of the parent to its locations. */
function childrenOf(cx: EngineContext): ReadonlyMap<number, number[]> {
  return cx.once('children', () => {
    const children = new Map<number, number[]>();
    for (const [index, { parent }] of cx.http.locations.entries()) {
      if (parent === -1) continue;
      const list = children.get(parent);
      if (list === undefined) children.set(parent, [index]);
      else list.push(index);
    }
    return children;
  });
}

/** The servers with a `tunnel_pass` somewhere, found once for the whole plan. */
function serversWithTunnels(cx: EngineContext): ReadonlySet<number> {
  return cx.once('servers with tunnels', () => {
    const tunnels = cx.http.locations.filter(({ content }) => content?.kind === 'tunnel');
    return new Set(tunnels.map(({ server }) => server));
  });
}

/** Makes location `index` of the plan ready. */
export function compileLocation(cx: EngineContext, index: number): CompiledLocation {
  const plan = cx.http.locations[index]!;
  const settings: Partial<Record<ModuleName, unknown>> = {};
  for (const name of moduleNames) settings[name] = cx.settings(name, plan.settings[name]);
  const all = settings as AllSettings;
  const { core } = all;
  const rootSetting = core.root;
  return {
    ...all,
    id: index,
    plan,
    handlers: compileHandlers(cx, index, all),
    tree: buildTree(cx.http.locations, childrenOf(cx).get(index) ?? []),
    rewriteProgram: compileRewrite(cx, plan.rewrite),
    content: contentHandler(cx, plan.content),
    proxyPass: compilePass(cx, index, all),
    errorPages: compileErrorPages(cx, core.error_page),
    root: {
      alias: rootSetting?.alias ?? 0,
      path: cx.template(rootSetting?.path ?? `${cx.plan.prefix}html`),
      prefix: cx.plan.prefix,
      refuse(request) {
        const text = `"alias" cannot be used in location "${plan.name}" where URI was rewritten`;
        cx.world.log('alert', text, request);
      },
    },
    symlinks: compileSymlinks(cx, core.disable_symlinks),
    sliceFilter: sliceFilter(cx, all),
    headersFilter: compileHeadersFilter(cx, all.headers),
    headFilters: engineModules.flatMap(({ headFilter }) => headFilter?.(cx, all) ?? []),
    addTrailers: compileTrailers(cx, all.headers),
    serverToken: serverToken(cx, core.server_tokens),
    maxBody: core.client_max_body_size,
  };
}

function compilePass(cx: EngineContext, index: number, all: AllSettings): CompiledProxy | null {
  const { content } = cx.http.locations[index]!;
  if (content?.kind === 'proxy')
    return compileProxy(cx, content.pass, all.proxy, nameForProxy(cx, index), defaultRedirect(cx, index));
  if (content?.kind === 'gateway') return compileGateway(cx, content, all);
  return content?.kind === 'tunnel' ? compileTunnel(cx, content, all) : null;
}

/**
 * What `proxy_redirect default` goes by. The first of the locations around each other that passes requests on makes the rule, and
 * those within inherit it whatever they pass to, unless they say `proxy_redirect` themselves (ngx_http_proxy_merge_loc_conf).
 */
function defaultRedirect(cx: EngineContext, index: number): DefaultRedirect | null {
  const writtenAt = (at: number): number | undefined =>
    cx.settings('proxy', cx.http.locations[at]!.settings.proxy).at.proxy_redirect;
  let found: DefaultRedirect | null = null;
  for (let at = index; at !== -1 && writtenAt(at) === writtenAt(index); at = cx.http.locations[at]!.parent) {
    const { content } = cx.http.locations[at]!;
    if (content?.kind === 'proxy' && content.pass.url === null)
      found = { pass: content.pass, locationName: nameForProxy(cx, at) };
  }
  return found;
}

/** The name that the URI of `proxy_pass` replaces: of the location itself, for an `if` or `limit_except` of the one around it. */
function nameForProxy(cx: EngineContext, index: number): string {
  let plan = cx.http.locations[index]!;
  while (plan.kind === 'if' || plan.kind === 'limit_except') plan = cx.http.locations[plan.parent]!;
  return plan.kind === 'prefix' || plan.kind === 'exact' ? plan.name : '';
}

function serverToken(cx: EngineContext, mode: 'on' | 'off' | 'build'): string {
  return mode === 'off' ? 'nginx' : `nginx/${cx.plan.target}`;
}

function compileHandlers(cx: EngineContext, index: number, settings: AllSettings): PhaseHandler[][] {
  const handlers: PhaseHandler[][] = Array.from({ length: phaseCount }, () => []);
  const names = settings.index.index.map((name) => cx.template(name));
  const randomIndex = randomIndexHandler(cx, settings);
  if (randomIndex !== null) handlers[phases.content]!.push(randomIndex);
  handlers[phases.content]!.push(indexHandler(cx, names));
  const tryFiles = compileTryFiles(cx, cx.http.locations[index]!);
  if (tryFiles !== null) handlers[phases.precontent]!.push(tryFiles);
  for (const { handlers: makers } of engineModules) {
    for (const [phase, make] of Object.entries(makers ?? {})) {
      const handler = make(cx, settings);
      if (handler !== null) handlers[phases[phase as PhaseName]]!.push(handler);
    }
  }
  handlers[phases.content]!.push(cx.once('static', () => staticHandler(cx)));
  return handlers;
}

/** Server `index` of the plan with its locations as they are searched (ngx_http_init_locations). */
export function compileServer(cx: EngineContext, index: number): CompiledServer {
  const plan = cx.http.servers[index]!;
  const named = new Map<string, number>();
  // Named locations are known to the whole server wherever they stand.
  for (const child of childrenOf(cx).get(plan.location) ?? []) {
    const location = cx.http.locations[child]!;
    if (location.kind === 'named') named.set(location.name, child);
  }
  const [first] = plan.names;
  return {
    index,
    plan,
    name:
      first === undefined
        ? ''
        : first.regex
          ? `~${first.name}`
          : first.name === '$hostname'
            ? cx.world.hostname
            : first.name.replace(/^\./, ''),
    root: cx.location(plan.location),
    named,
    takesConnect: serversWithTunnels(cx).has(index),
  };
}
