import { insertAfter, insertAtStart, replaceWord } from '../../1-syntax/edit.ts';
import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { BlockDirective } from '../../1-syntax/ast.ts';
import type { Edit, Fix, RelatedPlace } from '../../diagnostics/diagnostic.ts';
import { parseRequestHead, valuesOf } from '../handshake.ts';
import { levelName, placeOf, relatedTo, textOf, type Cause, type Scene } from './cause.ts';
import { explainVariables, mapFault } from './variables.ts';

/** The two hop-by-hop headers, what each must carry, and what to write. */
const pair = [
  { fault: 'upgrade', name: 'Upgrade', token: 'websocket', code: 'ws/upgrade-header' },
  { fault: 'connection', name: 'Connection', token: 'upgrade', code: 'ws/connection-header' },
] as const;

type Member = (typeof pair)[number];

/**
 * Why `Upgrade` or `Connection` does not arrive as a server needs it: never set, lost because a level with a
 * `proxy_set_header` of its own inherits none (ngx_http_proxy_merge_loc_conf), or set to something else.
 */
export function headerCauses(scene: Scene): Cause[] {
  const { visit, block, config } = scene;
  if (visit === null) return [];
  const broken = pair.filter(({ fault }) => visit.faults.includes(fault));
  if (broken.length === 0) return [];
  const effective = block.effective('proxy_set_header');
  const setHere = (member: Member) =>
    effective.directives.filter((one) => headerOf(one) === member.name.toLowerCase());
  const missing = broken.filter((member) => setHere(member).length === 0);
  const causes: Cause[] = [];
  if (missing.length > 0) causes.push(lostCause(block, missing) ?? missingCause(block, config, missing));
  for (const member of broken) {
    const own = setHere(member);
    if (own.length > 0) causes.push(wrongValueCause(scene, member, own));
  }
  return causes;
}

/** Lower-case name of the header that a `proxy_set_header` sets. */
export function headerOf(directive: ResolvedDirective): string {
  return (directive.values[0] ?? '').toLowerCase();
}

/** Whether a `proxy_set_header` sets that header; asked of every one of them. @param name in lower case */
export function setsHeader(directive: ResolvedDirective, name: string): boolean {
  const word = directive.values[0] ?? '';
  return word.length === name.length && word.toLowerCase() === name;
}

/** An outer level sets them, but the nearest level with any `proxy_set_header` does not. */
function lostCause(block: ResolvedBlock, missing: readonly Member[]): Cause | null {
  const { from, directives } = block.effective('proxy_set_header');
  if (from === null) return null;
  const outer = from.parent?.effective('proxy_set_header');
  const lost = (outer?.directives ?? []).filter((one) =>
    missing.some(({ name }) => headerOf(one) === name.toLowerCase()),
  );
  if (outer === undefined || lost.length === 0) return null;
  const own = new Set(directives.map(headerOf));
  const dropped = outer.directives.filter((one) => !own.has(headerOf(one)));
  const last = directives.at(-1)!;
  const names = listOf(lost.map((one) => one.values[0]!));
  return {
    code: 'ws/headers-dropped',
    message: `${names} from ${levelName(outer.from!)} ${lost.length === 1 ? 'is' : 'are'} lost: "${textOf(directives[0]!)}" makes ${levelName(from)} inherit no proxy_set_header at all`,
    symptom: '400, 403 or 426 from the upstream',
    ...placeOf(directives[0]!),
    related: lost.map((one) => relatedTo(one, 'set here, but not inherited')),
    help: `Repeat the whole set in ${levelName(from)}.`,
    fix: {
      title: `Repeat the inherited proxy_set_header lines in ${levelName(from)}`,
      edits: [
        insertAfter(
          last.node,
          dropped.map((one) => `${textOf(one)};`),
        ),
      ],
    },
  };
}

/** No level sets them. */
function missingCause(block: ResolvedBlock, config: ResolvedConfig, missing: readonly Member[]): Cause {
  const pass = passOf(block);
  const map = connectionMap(config);
  const lines = missing.map(({ name }) => `proxy_set_header ${name} ${goodValue(name, map)};`);
  const names = listOf(missing.map(({ name }) => name));
  return {
    code: missing.length === 1 ? missing[0]!.code : 'ws/upgrade-header',
    message: `${names} ${missing.length === 1 ? 'does' : 'do'} not reach the upstream: nginx passes hop-by-hop headers on only where proxy_set_header says so`,
    symptom: '426, 400 or 404 from the upstream',
    ...placeOf(pass),
    related: [],
    help: `Add "${lines.join('" and "')}".`,
    fix: { title: `Add ${names}`, edits: addHeaders(block, pass, lines) },
  };
}

/** Puts lines where they take effect without cutting off what is inherited. */
function addHeaders(block: ResolvedBlock, pass: ResolvedDirective | null, lines: readonly string[]): Edit[] {
  const { from, directives } = block.effective('proxy_set_header');
  const last = directives.at(-1);
  if (from !== null && last !== undefined) return [insertAfter(last.node, lines)];
  if (pass !== null && pass.block.context === 'location') return [insertAfter(pass.node, lines)];
  const opener = locationOf(block)?.directive?.node;
  if (opener === undefined || opener.block === null) return [];
  return [insertAtStart(opener as BlockDirective, lines)];
}

function wrongValueCause(scene: Scene, member: Member, own: readonly ResolvedDirective[]): Cause {
  const { visit, config } = scene;
  const arrived = valuesOf(parseRequestHead(visit!.head), member.name);
  const directive = own.at(-1)!;
  const written = directive.args[1];
  const provenance: RelatedPlace[] = explainVariables(scene, written?.value ?? '');
  const connection = connectionMap(config);
  // The map that is right for Connection is not to blame when it is used for Upgrade.
  const borrowed = member.name === 'Upgrade' && connection !== null && written?.value === connection;
  const map = borrowed ? null : mapFault(scene, directive, member.token);
  const became = arrived.length === 0 ? 'empty, so the header is not sent' : `"${arrived.join('", "')}"`;
  if (map !== null)
    return { ...map, related: [relatedTo(directive, `${member.name} becomes ${became}`), ...map.related] };
  const value = goodValue(member.name, connection);
  const fix: Fix | null =
    written === undefined
      ? null
      : { title: `Set ${member.name} to ${value}`, edits: [setValue(directive, value)] };
  return {
    code: member.code,
    message: `${member.name} arrives as ${became}; a server needs the token "${member.token}"`,
    symptom: '400 or 426 from the upstream',
    ...placeOf(directive),
    related: provenance,
    help: `Write "proxy_set_header ${member.name} ${value};".`,
    fix,
  };
}

function setValue(directive: ResolvedDirective, value: string): Edit {
  const word = directive.args[1]!;
  // The variable, or the literal with its quotes, as people know it from nginx's how-to.
  return value.startsWith('"')
    ? { file: directive.node.file, start: word.start, end: word.end, text: value }
    : replaceWord(directive.node.file, word, value);
}

function goodValue(name: string, map: string | null): string {
  if (name === 'Upgrade') return '$http_upgrade';
  return map ?? '"upgrade"';
}

/** The variable of a map from `$http_upgrade` that gives `upgrade` to handshakes; null without one. */
export function connectionMap(config: ResolvedConfig): string | null {
  const http = config.main.children.find(({ context }) => context === 'http');
  for (const map of http?.own('map') ?? []) {
    const [source, variable] = map.args;
    if (source?.value.toLowerCase() !== '$http_upgrade' || variable === undefined) continue;
    const entries = map.entries ?? [];
    const chosen =
      entries.find(({ keyword }) => keyword.toLowerCase() === 'websocket') ??
      entries.find(({ keyword }) => keyword === 'default');
    if (chosen?.values[0]?.toLowerCase() === 'upgrade') return variable.value;
  }
  return null;
}

/** The `proxy_pass` that applies in a block: its own, or its location's for an `if` or `limit_except`. */
export function passOf(block: ResolvedBlock): ResolvedDirective | null {
  return block.effective('proxy_pass').directives.at(-1) ?? null;
}

/** The location around an `if` or `limit_except`. */
export function locationOf(block: ResolvedBlock): ResolvedBlock | null {
  for (let level: ResolvedBlock | null = block; level !== null; level = level.parent) {
    if (level.context === 'location') return level;
  }
  return null;
}

function listOf(names: readonly string[]): string {
  return names.join(' and ');
}
