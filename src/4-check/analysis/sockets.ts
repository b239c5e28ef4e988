import type { ResolvedBlock, ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import type { Plan } from '../../3-plan/schema.ts';
import { placeOfOrigin } from '../../explain/block-index.ts';
import type { Cause, Scene } from '../../explain/causes/cause.ts';
import { causesOf } from '../../explain/causes/causes.ts';
import { unknownsOf } from '../../explain/causes/unknowns.ts';
import { decisiveVisit, drive, type Outcome } from '../../explain/drive.ts';
import { connectionTo, situate, withoutLimits, type Situation } from '../../explain/situation.ts';
import { witnesses, type Witness } from '../../explain/witness.ts';
import type { TargetVersions } from '../../nginx/versions.ts';
import { at, type CheckContext, type SharedResults } from '../context.ts';
import type { Finding } from '../rule.ts';
import { withServers } from './reduced-config.ts';
import { serverOf, socketSites, type SocketSite } from './socket-sites.ts';

/** What a browser's handshake to a location comes to. */
export interface SocketResult {
  readonly outcome: Outcome;
  /** Empty where the upgrade works, or where only the run decides. */
  readonly causes: readonly Cause[];
}

/**
 * Sends a handshake to every location meant for sockets, through the same engine that serves requests. A configuration
 * that nginx refuses has no results, nor have locations to which no address leads from outside. Of locations that are
 * written alike the first is tried, and the others only if it fails there: {@link resultOf} knows.
 */
function socketResults(
  config: ResolvedConfig,
  _versions: TargetVersions,
  shared: SharedResults,
): ReadonlyMap<SocketSite, SocketResult> {
  if (!config.verdict.ok) return new Map();
  const sites = shared.get(socketSites);
  const first = evaluate(
    config,
    sites.filter(({ alike }) => alike === null),
  );
  if (![...first.values()].some(fails)) return first;
  const others = evaluate(
    config,
    sites.filter(({ alike }) => alike !== null && fails(first.get(alike))),
  );
  return new Map([...first, ...others]);
}

function fails(result: SocketResult | undefined): boolean {
  return result !== undefined && result.causes.length > 0;
}

/** The result at a site; null where no address leads to it from outside. */
export function resultOf(context: CheckContext, site: SocketSite): SocketResult | null {
  const results = context.shared(socketResults);
  const first = site.alike === null ? undefined : results.get(site.alike);
  return results.get(site) ?? (first === undefined || fails(first) ? null : first);
}

/** Sites whose upgrade is broken, with the reasons. */
function brokenSockets(
  _config: ResolvedConfig,
  _versions: TargetVersions,
  shared: SharedResults,
): readonly (readonly [SocketSite, SocketResult])[] {
  const results = shared.get(socketResults);
  const sites = [...results.values()].some(fails) ? shared.get(socketSites) : [];
  return sites.flatMap((site) => {
    const result = results.get(site);
    return result !== undefined && fails(result) ? [[site, result] as const] : [];
  });
}

function evaluate(config: ResolvedConfig, chosen: readonly SocketSite[]): Map<SocketSite, SocketResult> {
  const results = new Map<SocketSite, SocketResult>();
  if (chosen.length === 0) return results;
  const wanted = new Map(chosen.map((site) => [site.block, site]));
  const servers = new Set(innerServers(config));
  for (const { block } of chosen) {
    const server = serverOf(block);
    if (server !== null) servers.add(server);
  }
  const situation = situate(withServers(config, servers), {
    prepare(plan) {
      openDoors(plan);
      nameSymbols(plan);
    },
  });
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
  const inner = new Set<ResolvedBlock>();
  for (const { values, block } of config.named('listen')) {
    if (block.context !== 'server' || !/^(127\.|\[::1\]|localhost|unix:)/.test(values[0] ?? '')) continue;
    inner.add(block);
    // A configuration that is all on loopback is a test; its servers are no hops of one another.
    if (inner.size > mostInnerServers) return [];
  }
  return [...inner];
}

const mostInnerServers = 50;

/**
 * Clients are let in: whether some are kept out is a decision, not a fault. Locations that let nobody in stay closed.
 */
function openDoors(plan: Plan): void {
  withoutLimits(plan);
  const { settings, locations } = plan.http!;
  const open = settings.access.push({ at: {}, rules: [] }) - 1;
  // With "satisfy any" a password opens what the addresses keep closed.
  for (const { settings: of } of locations) {
    const { satisfy } = settings.core[of.core ?? -1] ?? {};
    const realm = settings.authBasic[of.authBasic ?? -1]?.auth_basic;
    if (satisfy === 'any' && realm !== undefined && realm !== 'off') of.access = open;
  }
  settings.authBasic = settings.authBasic.map((group) => ({ ...group, auth_basic: 'off' }));
  settings.access = settings.access.map((group) =>
    group.rules?.some(({ allow }) => allow) === true ? { ...group, rules: [] } : group,
  );
}

/**
 * What stays symbolic in a template stands for something that works: for a name that a client can send (nginx would answer
 * 400 to `${NGINX_HOST}` itself), and for an upstream that is there.
 */
function nameSymbols(plan: Plan): void {
  const { servers, locations } = plan.http!;
  for (const { names } of servers)
    for (const one of names)
      if (!one.regex)
        one.name = one.name.replace(/\$\{(\w+)\}/g, (_, symbol: string) =>
          symbol.replaceAll('_', '-').toLowerCase(),
        );
  for (const { content } of locations) {
    if (content?.kind !== 'proxy' || content.pass.url === null) continue;
    const place = placeOfOrigin(plan, content.pass.origin);
    if (place?.file.endsWith('.template') !== true) continue;
    content.pass.url = [content.pass.url[0] === 'https://' ? 'https://127.0.0.1' : 'http://127.0.0.1'];
  }
}

/** On each of the server's listeners, best first: with TLS, then without. */
function tryWitness(situation: Situation, { location, request, listens }: Witness): SocketResult | null {
  const { plan, engine, blocks, config } = situation;
  const ordered = [...listens].sort(
    (a, b) => Number(plan.http!.listens[b]!.ssl) - Number(plan.http!.listens[a]!.ssl),
  );
  let result: SocketResult | null = null;
  for (const listen of ordered) {
    const connection = connectionTo(plan, listen, request);
    const outcome = drive(engine, connection, request.raw);
    if (outcome.end === 'tunnel') return { outcome, causes: [] };
    if (result !== null) continue;
    const traced = drive(engine, connection, request.raw, { traced: true });
    if (decidedByCondition(situation, traced)) {
      result = { outcome, causes: [] };
      continue;
    }
    const visit = decisiveVisit(traced);
    const decided = (visit?.request ?? traced.request)?.location?.id ?? -1;
    const scene: Scene = {
      config,
      plan,
      blocks,
      outcome: traced,
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

/** That another location answers instead is one mistake: what it answers is no second one. */
function isSaidBy(first: Cause, cause: Cause): boolean {
  return (
    first.code === 'ws/shadowed' &&
    cause.code === 'ws/not-proxied' &&
    first.file === cause.file &&
    first.span?.start === cause.span?.start
  );
}

/** What broke the upgrade of locations meant for sockets, for the rule `code`; one finding for causes at one place. */
export function* causeFindings(context: CheckContext, code: string): Generator<Finding> {
  for (const [{ meant, block, pass }, { causes }] of context.shared(brokenSockets)) {
    // Nothing leads on from there: ws/missing-proxy-pass says so, and what to do.
    if (pass === null && !leadsOn(block)) continue;
    for (const cause of causes) {
      if (cause.code !== code || isSaidBy(causes[0]!, cause)) continue;
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
