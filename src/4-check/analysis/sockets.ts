import type { ResolvedBlock, ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import type { Plan } from '../../3-plan/schema.ts';
import { placeOfOrigin } from '../../explain/block-index.ts';
import type { Cause, Scene } from '../../explain/causes/cause.ts';
import { causesOf } from '../../explain/causes/causes.ts';
import { unknownsOf } from '../../explain/causes/unknowns.ts';
import { decisiveVisit, drive, type Outcome } from '../../explain/drive.ts';
import { connectionTo, situate, type Situation } from '../../explain/situation.ts';
import { witnesses, type Witness } from '../../explain/witness.ts';
import type { TargetVersions } from '../../nginx/versions.ts';
import { at, type CheckContext, type SharedResults } from '../context.ts';
import type { Finding } from '../rule.ts';
import { withServers } from './reduced-config.ts';
import { serverOf, socketSites, type SocketSite } from './socket-sites.ts';

/** A location meant for sockets, and what a browser's handshake there comes to. */
export interface SocketLocation extends SocketSite {
  /** Null where no address leads to it from outside. */
  readonly outcome: Outcome | null;
  /** Empty where the upgrade works, or where only the run decides. */
  readonly causes: readonly Cause[];
}

/**
 * Sends a handshake to every location meant for sockets, through the same engine that serves requests. A configuration
 * that nginx refuses has none. Servers that are written alike are tried once, as long as the upgrade works there.
 */
export function socketLocations(
  config: ResolvedConfig,
  versions: TargetVersions,
  shared: SharedResults,
): readonly SocketLocation[] {
  if (!config.verdict.ok) return [];
  const sites = socketSites(config, versions, shared);
  const groups = groupByServer(sites);
  const first = evaluate(
    config,
    groups.map((group) => group[0]!),
  );
  const works = (site: SocketSite): boolean => first.get(site)?.causes.length === 0;
  const again = groups.filter((group) => !group[0]!.sites.every(works)).flatMap((group) => group.slice(1));
  const second = again.length === 0 ? null : evaluate(config, again);
  return sites.map((site): SocketLocation => {
    const found = first.get(site) ?? second?.get(site);
    return { ...site, outcome: found?.outcome ?? null, causes: found?.causes ?? [] };
  });
}

interface ServerSites {
  readonly server: ResolvedBlock;
  readonly sites: SocketSite[];
}

/** Servers with sites; those in one group are written alike but for their names and comments. */
function groupByServer(sites: readonly SocketSite[]): ServerSites[][] {
  const servers = new Map<ResolvedBlock, ServerSites>();
  for (const site of sites) {
    const server = serverOf(site.block);
    if (server === null) continue;
    const known = servers.get(server);
    if (known === undefined) servers.set(server, { server, sites: [site] });
    else known.sites.push(site);
  }
  const groups = new Map<string, ServerSites[]>();
  for (const one of servers.values()) {
    const key = shapeOf(one.server);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** The text of a server without its names; with them where they may decide something. */
function shapeOf({ directive }: ResolvedBlock): string {
  if (directive === null) return '';
  const { file, start, end } = directive.node;
  const text = file.text.slice(start, end);
  return /\$(?:host|http_host|server_name|\{)/.test(text.replace(/proxy_set_header\s[^;]*;/g, ''))
    ? text
    : text.replace(/\bserver_name\s[^;]*;/g, '');
}

function evaluate(
  config: ResolvedConfig,
  chosen: readonly ServerSites[],
): Map<SocketSite, { readonly outcome: Outcome; readonly causes: readonly Cause[] }> {
  const results = new Map<SocketSite, { outcome: Outcome; causes: readonly Cause[] }>();
  if (chosen.length === 0) return results;
  const wanted = new Map(chosen.flatMap(({ sites }) => sites.map((site) => [site.block, site] as const)));
  const servers = new Set([...chosen.map(({ server }) => server), ...innerServers(config)]);
  const situation = situate(withServers(config, servers), { prepare: openDoors });
  const { plan, blocks } = situation;
  for (const witness of witnesses(plan, {}, (index) => wanted.has(blocks.ofLocation(index)!)).witnesses) {
    const site = wanted.get(blocks.ofLocation(witness.location)!)!;
    const result = tryWitness(situation, witness);
    if (result !== null && !results.has(site)) results.set(site, result);
  }
  return results;
}

/** Servers on loopback: the next hop of others, perhaps. */
function innerServers(config: ResolvedConfig): ResolvedBlock[] {
  const http = config.main.children.find(({ context }) => context === 'http');
  const inner = (http?.children ?? []).filter(
    (block) =>
      block.context === 'server' &&
      block.own('listen').some(({ args }) => /^(127\.|\[::1\]|localhost|unix:)/.test(args[0]?.value ?? '')),
  );
  // A configuration that is all on loopback is a test; its servers are no hops of one another.
  return inner.length > mostInnerServers ? [] : inner;
}

const mostInnerServers = 50;

/**
 * Clients are let in: whether some are kept out is a decision, not a fault. Locations that let nobody in stay closed.
 */
function openDoors(plan: Plan): void {
  const { settings } = plan.http!;
  settings.authBasic = settings.authBasic.map((group) => ({ ...group, auth_basic: 'off' }));
  settings.access = settings.access.map((group) =>
    group.rules?.some(({ allow }) => allow) === true ? { ...group, rules: [] } : group,
  );
}

/** On each of the server's listeners, best first: with TLS, then without. */
function tryWitness(
  situation: Situation,
  { location, request, listens }: Witness,
): { readonly outcome: Outcome; readonly causes: readonly Cause[] } | null {
  const { plan, engine, blocks, config } = situation;
  const ordered = [...listens].sort(
    (a, b) => Number(plan.http!.listens[b]!.ssl) - Number(plan.http!.listens[a]!.ssl),
  );
  let result: { readonly outcome: Outcome; readonly causes: readonly Cause[] } | null = null;
  for (const listen of ordered) {
    const connection = connectionTo(plan, listen, request);
    const outcome = drive(engine, connection, request.raw);
    if (outcome.end === 'tunnel') return { outcome, causes: [] };
    if (result !== null) continue;
    if (decidedByCondition(situation, drive(engine, connection, request.raw, { traced: true }))) {
      result = { outcome, causes: [] };
      continue;
    }
    const visit = decisiveVisit(outcome);
    const decided = (visit?.request ?? outcome.request)?.location?.id ?? -1;
    const scene: Scene = {
      config,
      outcome,
      visit,
      block: blocks.ofLocation(decided) ?? blocks.ofLocation(location) ?? config.main,
      asked: blocks.ofLocation(location),
    };
    result = { outcome, causes: unknownsOf(scene).length > 0 ? [] : causesOf(scene) };
  }
  return result;
}

/**
 * An `if` answered: what it asks of real requests (a token, a cookie, an origin) is not known here. Whether the request came
 * with TLS is known: every listener of the server was tried.
 */
function decidedByCondition({ plan, config }: Situation, { request, end }: Outcome): boolean {
  if (end !== 'answered' && end !== 'closed') return false;
  const last = request?.trace?.findLast(({ message }) => message.startsWith('the condition of "if" holds'));
  const place = last === undefined ? null : placeOfOrigin(plan, last.origin);
  if (place === null) return false;
  const text = config.files.find(({ path }) => path === place.file)?.lineText(place.line) ?? '';
  return !/\$(scheme|https|server_port)\b/.test(text);
}

/** What broke the upgrade of locations meant for sockets, for the rule `code`; one finding for causes at one place. */
export function* causeFindings(context: CheckContext, code: string): Generator<Finding> {
  for (const { meant, causes, block, pass } of context.shared(socketLocations)) {
    // Nothing leads on from there: ws/missing-proxy-pass says so, and what to do.
    if (pass === null && !leadsOn(block)) continue;
    for (const cause of causes) {
      if (cause.code !== code) continue;
      const place =
        cause.file === null || cause.span === null
          ? at(pass ?? block.directive!)
          : { file: cause.file, span: cause.span };
      yield {
        ...place,
        message: cause.message,
        detail: `An upgrade fails here (${meant}). People see: ${cause.symptom}.`,
        related: cause.related,
        fixes: cause.fix === null ? [] : [cause.fix],
        help: cause.help,
      };
    }
  }
}

function leadsOn(block: ResolvedBlock): boolean {
  return ['try_files', 'error_page', 'return', 'rewrite'].some((name) => block.own(name).length > 0);
}
