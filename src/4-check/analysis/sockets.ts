import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Cause, Scene } from '../../explain/causes/cause.ts';
import { causesOf } from '../../explain/causes/causes.ts';
import { unknownsOf } from '../../explain/causes/unknowns.ts';
import { headerOf, passOf } from '../../explain/causes/set-headers.ts';
import { drive, type Outcome } from '../../explain/drive.ts';
import { chooseListen, connectionTo, situate, type Situation } from '../../explain/situation.ts';
import { witnesses } from '../../explain/witness.ts';
import type { TargetVersions } from '../../nginx/versions.ts';
import { at, type CheckContext } from '../context.ts';
import type { Finding } from '../rule.ts';

/** A location that passes requests on, and what a browser's handshake there comes to. */
export interface SocketLocation {
  readonly block: ResolvedBlock;
  readonly pass: ResolvedDirective;
  /** Why it is taken to be meant for sockets, as a half-sentence; null when nothing says so. */
  readonly meant: string | null;
  /** Null where no address leads to it from outside. */
  readonly outcome: Outcome | null;
  /** Empty where the upgrade works, or where only the run decides. */
  readonly causes: readonly Cause[];
}

/** Path parts that socket endpoints have in the field. */
const socketWords =
  /(^|[^a-z])(ws|wss|websockets?|sockets?|socket\.io|engine\.io|sockjs|signalr|hubs?|cable|realtime|live|chat|stomp|mqtt|graphql-ws|subscriptions?|primus|phoenix|notifications)([^a-z]|$)/i;

const annotation = /^#\s*hopwright:\s*websocket\b/;

/** The model of the configuration as the judging version reads it; null when nginx refuses it. */
export function situationFor(config: ResolvedConfig, _versions: TargetVersions): Situation | null {
  return config.verdict.ok ? situate(config) : null;
}

/**
 * Sends a handshake to every location that can reach an upstream, through the same engine that serves requests. A
 * configuration that nginx refuses has none.
 */
export function socketLocations(config: ResolvedConfig, versions: TargetVersions): readonly SocketLocation[] {
  const situation = situationFor(config, versions);
  if (situation === null) return [];
  const { plan, engine, blocks } = situation;
  const found: SocketLocation[] = [];
  const seen = new Set<ResolvedBlock>();
  const marks = annotatedLines(config);
  const { witnesses: addressed, unaddressed } = witnesses(plan);
  for (const { location, request } of addressed) {
    const block = blocks.ofLocation(location);
    const pass = block === null ? null : passOf(block);
    // A file that is included twice is judged once: its lines can be mended only once.
    if (block === null || pass === null || seen.has(block)) continue;
    seen.add(block);
    const listen = chooseListen(plan, request);
    if (listen === null) continue;
    const outcome = drive(engine, connectionTo(plan, listen.index, request), request.raw);
    const visit = outcome.visits.findLast(({ subrequest }) => !subrequest) ?? null;
    const decided = (visit?.request ?? outcome.request)?.location?.id ?? -1;
    const scene: Scene = { config, outcome, visit, block: blocks.ofLocation(decided) ?? config.main };
    const depends = unknownsOf(scene).length > 0;
    found.push({
      block,
      pass,
      meant: meantFor(block, marks),
      outcome,
      causes: depends ? [] : causesOf(scene),
    });
  }
  for (const { location } of unaddressed) {
    const block = blocks.ofLocation(location);
    const pass = block === null ? null : passOf(block);
    if (block === null || pass === null || seen.has(block)) continue;
    seen.add(block);
    found.push({ block, pass, meant: meantFor(block, marks), outcome: null, causes: [] });
  }
  return found;
}

/** What broke the upgrade of locations meant for sockets, for the rule `code`; one finding for causes at one place. */
export function* causeFindings(context: CheckContext, code: string): Generator<Finding> {
  for (const { meant, causes, pass } of context.shared(socketLocations)) {
    if (meant === null) continue;
    for (const cause of causes) {
      if (cause.code !== code) continue;
      const place =
        cause.file === null || cause.span === null ? at(pass) : { file: cause.file, span: cause.span };
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

/** Judged from what the location does, not from what it might do. */
function meantFor(block: ResolvedBlock, marks: ReadonlySet<string>): string | null {
  const node = block.directive?.node;
  if (node !== undefined) {
    const line = node.file.lineAt(node.start);
    if (marks.has(`${line}:${node.file.path}`)) return 'a comment says so';
  }
  const headers = block.effective('proxy_set_header').directives;
  const names = new Set(headers.map(headerOf));
  if (headers.some((one) => headerOf(one) === 'upgrade' && (one.args[1]?.value ?? '') !== ''))
    return 'it forwards Upgrade';
  const connection = headers.findLast((one) => headerOf(one) === 'connection')?.args[1]?.value ?? '';
  if (/upgrade/i.test(connection)) return 'it sets Connection for an upgrade';
  const name = block.directive?.args.map(({ value }) => value).join(' ') ?? '';
  if (socketWords.test(name.replace(/\\/g, ''))) return `it is named like a socket: ${name}`;
  if (!names.has('upgrade') && dropsPairNobodyUses(block))
    return 'the level around it sets the pair, and no other location uses it';
  return null;
}

/** An outer level sets `Upgrade`, this one drops it, and so does every other location there. */
function dropsPairNobodyUses(block: ResolvedBlock): boolean {
  const { from } = block.effective('proxy_set_header');
  const outer = from?.parent ?? null;
  if (from === null || from.context !== 'location' || outer === null) return false;
  const pair = outer.effective('proxy_set_header');
  if (pair.from === null || !pair.directives.some((one) => headerOf(one) === 'upgrade')) return false;
  return !passingBlocks(pair.from).some((other) =>
    other.effective('proxy_set_header').directives.some((one) => headerOf(one) === 'upgrade'),
  );
}

function passingBlocks(level: ResolvedBlock): ResolvedBlock[] {
  const found: ResolvedBlock[] = [];
  const open = [...level.children];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    if (block.own('proxy_pass').length > 0) found.push(block);
    open.push(...block.children);
  }
  return found;
}

/** `line:path` of the lines on or right below a `# hopwright: websocket`. */
function annotatedLines(config: ResolvedConfig): ReadonlySet<string> {
  const lines = new Set<string>();
  for (const file of config.files) {
    if (!file.text.includes('hopwright:')) continue;
    file.text.split('\n').forEach((text, index) => {
      const comment = text.indexOf('#');
      if (comment === -1 || !annotation.test(text.slice(comment))) return;
      lines.add(`${index + 1}:${file.path}`);
      if (text.slice(0, comment).trim() === '') lines.add(`${index + 2}:${file.path}`);
    });
  }
  return lines;
}
