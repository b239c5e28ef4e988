import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { passOf, setsHeader } from '../../explain/causes/set-headers.ts';
import { variablesIn } from '../../explain/causes/variables.ts';
import type { TargetVersions } from '../../nginx/versions.ts';
import { blocksBelow, type SharedResults } from '../context.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../rule.ts';
import { locationsAlike } from './alike.ts';
import { passDirectives } from './handlers.ts';
import { socketMarks } from './socket-marks.ts';

/** A location that is meant for sockets, judged from what it does. */
export class SocketSite {
  readonly block: ResolvedBlock;
  /** Why it is taken to be meant for sockets, as a half-sentence. */
  readonly meant: string;
  /** Whether only sockets come here: it is named like one, or a comment says so. */
  readonly socketsOnly: boolean;
  /** The first site that is written like this one, in a server that is written alike; null when this is the first. */
  readonly alike: SocketSite | null;
  /** The sites that are written like this one, in order; the first of them has them. */
  readonly repeats: SocketSite[] = [];

  constructor(block: ResolvedBlock, { meant, socketsOnly }: Meaning, alike: SocketSite | null) {
    this.block = block;
    this.meant = meant;
    this.socketsOnly = socketsOnly;
    this.alike = alike;
    alike?.repeats.push(this);
  }

  /** The `proxy_pass` that applies; null when the location passes nothing on by HTTP. */
  get pass(): ResolvedDirective | null {
    return this.block.own('proxy_pass').at(-1) ?? null;
  }

  /** The `proxy_set_header` that apply. */
  get headers(): readonly ResolvedDirective[] {
    return this.block.effective('proxy_set_header').directives;
  }

  /** Whether it passes requests on by HTTP. */
  passes(): this is PassingSite {
    return this.alike === null ? this.pass !== null : this.alike.passes();
  }
}

/** A site that passes requests on by HTTP. */
export interface PassingSite extends SocketSite {
  readonly pass: ResolvedDirective;
}

type Meaning = Pick<SocketSite, 'meant' | 'socketsOnly'>;

/** Path parts that only socket endpoints have in the field. */
const socketWords =
  /(^|[^a-z])(ws|wss|websockets?|sockets?|socket\.io|engine\.io|sockjs|sockjs-node|signalr|cable|graphql-ws|mqtt|_blazor|xmpp-websocket|websockify)([^a-z]|$)/i;

/** Path parts that socket endpoints often have, and others too: they count where the configuration knows sockets at all. */
const possibleWords =
  /(^|[^a-z])(hubs?|realtime|live|chat|stomp|subscriptions?|primus|phoenix|notifications)([^a-z]|$)/i;

/** What the whole configuration says about sockets. */
interface Knowledge {
  /** See {@link socketMarks}. */
  readonly marks: ReadonlySet<ResolvedBlock>;
  /** Whether anything in it deals with upgrades. */
  readonly knowsSockets: boolean;
  /** Names of variables that tell what the client wants to upgrade to. */
  readonly upgradeVariables: ReadonlySet<string>;
}

function knowledgeOf(config: ResolvedConfig, marks: Knowledge['marks']): Knowledge {
  const maps = config.named('map');
  const upgradeVariables = new Set(['http_upgrade']);
  for (const { values } of maps)
    if (/^\$\{?http_upgrade\}?$/i.test(values[0] ?? ''))
      upgradeVariables.add(values[1]!.slice(1).toLowerCase());
  return {
    marks,
    knowsSockets:
      maps.some((one) => one.values[0]?.toLowerCase() === '$http_upgrade') ||
      config.named('proxy_set_header').some(forwardsUpgrade),
    upgradeVariables,
  };
}

/** Locations meant for sockets, in order of reading. A file that is included twice gives its lines once. */
export function socketSites(
  config: ResolvedConfig,
  _versions: TargetVersions,
  shared: SharedResults,
): readonly SocketSite[] {
  const knowledge = knowledgeOf(config, shared.get(socketMarks));
  const firstAlike = shared.get(locationsAlike);
  const siteOf = new Map<ResolvedBlock, SocketSite>();
  const sites: SocketSite[] = [];
  const seen = new Set<object>();
  for (const block of config.blocks('location')) {
    if (block.directive === null) continue;
    const { node, includedBy } = block.directive;
    if (includedBy.length > 0 && seen.has(node)) continue;
    const first = firstAlike.get(block)!;
    const alike = first === block ? null : (siteOf.get(first) ?? null);
    if (first !== block && alike === null) continue;
    const meaning = alike ?? meaningOf(block, knowledge);
    if (meaning === null) continue;
    if (includedBy.length > 0) seen.add(node);
    const site = new SocketSite(block, meaning, alike);
    if (alike === null) siteOf.set(block, site);
    sites.push(site);
  }
  return sites;
}

/** The sites that are like none before them and pass requests on by HTTP; the others are their repeats. */
export function passingSites(
  _config: ResolvedConfig,
  _versions: TargetVersions,
  shared: SharedResults,
): readonly PassingSite[] {
  return shared.get(socketSites).filter((site) => site.alike === null && site.passes()) as PassingSite[];
}

/**
 * What `check` finds at the sites where a `proxy_pass` applies. It must judge by what {@link locationsAlike} compares: the
 * repeats of a site without findings are not asked.
 */
export function* atSites(
  context: CheckContext,
  check: (site: PassingSite) => Iterable<Finding>,
): Generator<Finding> {
  for (const site of context.shared(passingSites)) {
    const findings = [...check(site)];
    if (findings.length === 0) continue;
    yield* findings;
    for (const repeat of site.repeats) yield* check(repeat as PassingSite);
  }
}

/** Whether an `if` on the client's `Upgrade` answers what asks for no socket. */
function refusesOthers(block: ResolvedBlock, upgradeVariables: ReadonlySet<string>): boolean {
  return block.children.some(
    (inner) =>
      inner.context === 'if in location' &&
      inner.own('return').length > 0 &&
      inner.directive!.values.some((value) => variablesIn(value).some((name) => upgradeVariables.has(name))),
  );
}

/** Without `proxy_pass`, only what the location itself says counts: inherited headers say nothing about it. */
function isMeantWithoutPass(block: ResolvedBlock, marks: ReadonlySet<ResolvedBlock>): boolean {
  if (block.children.some((inner) => passOf(inner) !== null)) return false;
  return marks.has(block) || block.own('proxy_set_header').some(forwardsUpgrade);
}

/** Handed on by another protocol: `fastcgi_pass` and its siblings. */
function passesOtherwise(block: ResolvedBlock): boolean {
  return passDirectives.some((name) => block.own(name).length > 0);
}

function forwardsUpgrade(directive: ResolvedDirective): boolean {
  return setsHeader(directive, 'upgrade') && (directive.values[1] ?? '') !== '';
}

/** What makes a location one for sockets; null when it is none. */
function meaningOf(
  block: ResolvedBlock,
  { marks, knowsSockets, upgradeVariables }: Knowledge,
): Meaning | null {
  const headers = block.effective('proxy_set_header').directives;
  const meaning = marks.has(block)
    ? { meant: 'a comment says so', socketsOnly: true }
    : meantFor(block, headers, knowsSockets);
  if (meaning === null) return null;
  if (block.own('proxy_pass').length === 0 && !passesOtherwise(block) && !isMeantWithoutPass(block, marks))
    return null;
  return { ...meaning, socketsOnly: meaning.socketsOnly || refusesOthers(block, upgradeVariables) };
}

function meantFor(
  block: ResolvedBlock,
  headers: readonly ResolvedDirective[],
  knowsSockets: boolean,
): Meaning | null {
  const name = block.directive!.values.join(' ');
  const plainName = name.replace(/\\/g, '');
  const named = possibleWords.test(plainName);
  const socketsOnly = named || socketWords.test(plainName);
  if (headers.some(forwardsUpgrade)) return { meant: 'it forwards Upgrade', socketsOnly };
  const connection = headers.findLast((one) => setsHeader(one, 'connection'))?.values[1] ?? '';
  if (/upgrade/i.test(connection)) return { meant: 'it sets Connection for an upgrade', socketsOnly };
  if (socketWords.test(plainName) || (knowsSockets && named))
    return { meant: `it is named like a socket: ${name}`, socketsOnly };
  if (dropsPairNobodyUses(block))
    return { meant: 'the level around it sets the pair, and no other location uses it', socketsOnly };
  return null;
}

/** An outer level sets `Upgrade`, this one drops it, and so does every other location there. */
function dropsPairNobodyUses(block: ResolvedBlock): boolean {
  const { from } = block.effective('proxy_set_header');
  const outer = from?.parent ?? null;
  if (from === null || from.context !== 'location' || outer === null) return false;
  const pair = outer.effective('proxy_set_header');
  if (pair.from === null || !pair.directives.some(forwardsUpgrade)) return false;
  for (const other of blocksBelow(pair.from)) {
    if (other.own('proxy_pass').length === 0) continue;
    if (other.effective('proxy_set_header').directives.some(forwardsUpgrade)) return false;
  }
  return true;
}

/** The server around a level. */
export function serverOf(block: ResolvedBlock): ResolvedBlock | null {
  for (let level: ResolvedBlock | null = block; level !== null; level = level.parent)
    if (level.context === 'server') return level;
  return null;
}

/** The protocol of a location whose sessions live in one server; null for others. */
export function sessionProtocol(block: ResolvedBlock): string | null {
  const name = block.directive?.values.join(' ') ?? '';
  return (
    /socket\\?\.io|engine\\?\.io|sockjs|signalr/i.exec(name)?.[0].replace('\\', '').toLowerCase() ?? null
  );
}
