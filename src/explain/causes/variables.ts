import type { Directive } from '../../1-syntax/ast.ts';
import { insertAtEnd, insertAtStart, replaceWord } from '../../1-syntax/edit.ts';
import type { BlockDirective } from '../../1-syntax/ast.ts';
import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { RelatedPlace } from '../../diagnostics/diagnostic.ts';
import type { Request } from '../../engine/request.ts';
import type { Cause, Scene } from './cause.ts';
import { relatedTo } from './cause.ts';

const variablePattern = /\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))/gi;

/** Lower-case names of the variables in a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(variablePattern)].map((match) => (match[1] ?? match[2]!).toLowerCase());
}

/** Where the variables of a value come from: maps with the entry that applied, `set` and others that define them. */
export function explainVariables(scene: Scene, text: string): RelatedPlace[] {
  const places: RelatedPlace[] = [];
  for (const name of new Set(variablesIn(text))) {
    for (const definition of definitionsOf(scene, name)) {
      places.push(relatedTo(definition, `$${name} is defined here`));
      const entry = definition.name === 'map' ? appliedEntry(definition, scene.outcome.request) : null;
      if (entry !== null) places.push(entryPlace(entry, `this entry gives "${entry.values[0] ?? ''}"`));
    }
  }
  return places;
}

/** Directives that give a variable its value for this request: `map`, `geo`, `split_clients` of http, `set` and `auth_request_set` of the levels around. */
function definitionsOf(scene: Scene, name: string): ResolvedDirective[] {
  const found: ResolvedDirective[] = [];
  const http = httpOf(scene.config);
  for (const kind of ['map', 'geo', 'split_clients'] as const) {
    found.push(...(http?.own(kind) ?? []).filter((one) => variableOf(one) === name));
  }
  for (let level: ResolvedBlock | null = scene.block; level !== null; level = level.parent) {
    for (const kind of ['set', 'auth_request_set'] as const) {
      found.push(...level.own(kind).filter((one) => one.values[0]?.toLowerCase() === `$${name}`));
    }
  }
  return found;
}

function variableOf(directive: ResolvedDirective): string {
  const word = directive.name === 'geo' ? directive.args.at(-1) : directive.args[1];
  return (word?.value ?? '').toLowerCase().replace(/^\$/, '');
}

function httpOf(config: ResolvedConfig): ResolvedBlock | undefined {
  return config.main.children.find(({ context }) => context === 'http');
}

/** The value that a map looks up, when it is one header or argument of the request as sent; undefined when only the run knows. */
function lookedUp(map: ResolvedDirective, request: Request | null): string | undefined {
  const source = map.values[0]?.toLowerCase() ?? '';
  const header = /^\$\{?http_([a-z0-9_]+)\}?$/.exec(source)?.[1]?.replaceAll('_', '-');
  if (header === undefined || request === null) return undefined;
  const { headers } = request.main;
  for (let i = 0; i < headers.length; i += 3) if (headers[i + 1] === header) return headers[i + 2];
  return '';
}

/** The entry of a map that applies to the request: exact keys in any case, then `default`; null when undecided (regexes, wildcards) or none. */
function appliedEntry(map: ResolvedDirective, request: Request | null): Directive | null {
  const value = lookedUp(map, request);
  if (value === undefined) return null;
  const entries = map.entries.filter(({ values }) => values.length === 1);
  const exact = entries.find((entry) => keyOf(entry) === value.toLowerCase());
  if (exact !== undefined) return exact;
  if (map.entries.some(({ name }) => name.value.startsWith('~') || name.value === 'hostnames')) return null;
  return entries.find((entry) => entry.keyword === 'default' && entry.name.quote === '') ?? null;
}

/** The key in lower case; a leading backslash escapes special keys. */
function keyOf(entry: Directive): string {
  const key = entry.keyword;
  return (key === 'default' && entry.name.quote === '' ? '\0' : key.replace(/^\\/, '')).toLowerCase();
}

function entryPlace(entry: Directive, message: string): RelatedPlace {
  return { file: entry.file, span: { start: entry.start, end: entry.end }, message };
}

/**
 * The map behind a header's value as the broken link: a map of `$http_upgrade` has no entry for a handshake, gives it the
 * wrong word, or has key and value swapped. Null when the value does not come from one map alone.
 */
export function mapFault(scene: Scene, header: ResolvedDirective, token: string): Cause | null {
  const names = variablesIn(header.values[1] ?? '');
  if (names.length !== 1 || names[0] === 'http_upgrade') return null;
  const map = (httpOf(scene.config)?.own('map') ?? []).find((one) => variableOf(one) === names[0]);
  if (map === undefined || map.node.block === null) return null;
  const otherSource = sourceFault(map, names[0]!, token);
  if (otherSource !== null) return otherSource;
  const value = lookedUp(map, scene.outcome.request);
  if (value === undefined || value === '') return null;
  const applied = appliedEntry(map, scene.outcome.request);
  const swapped = map.entries.find(
    (entry) => entry.keyword.toLowerCase() === token && entry.values[0] === 'default',
  );
  const node = map.node as BlockDirective;
  const base = {
    code: 'ws/map',
    symptom: '400 or 426 from the upstream',
    file: node.file,
    span: { start: node.start, end: node.block.open },
  };
  if (swapped !== undefined) {
    return {
      ...base,
      message: `the map of $${names[0]} has key and value swapped: "${swapped.name.value} default" gives "default" to the key "${swapped.name.value}"`,
      file: swapped.file,
      span: { start: swapped.start, end: swapped.end },
      related: [],
      help: `Write the key first: "default ${token};".`,
      fix: {
        title: `Swap key and value`,
        edits: map.entries.flatMap((entry) => swapEdits(entry)),
      },
    };
  }
  if (applied === null) {
    return {
      ...base,
      message: `the map of $${names[0]} has no entry for "${value}" and no default, so it gives the empty string`,
      related: [],
      help: `Add "default ${token};" to the map.`,
      fix: { title: 'Add a default', edits: [insertAtStart(node, [`default ${token};`])] },
    };
  }
  const word = applied.args[0]!;
  return {
    ...base,
    message: `the map of $${names[0]} gives "${word.value}" to a handshake; a server needs "${token}"`,
    file: applied.file,
    span: { start: applied.start, end: applied.end },
    related: [],
    help: `Give "${token}" to a request with "Upgrade: ${value}".`,
    fix: {
      title: `Let the map give "${token}" to handshakes`,
      edits:
        keyOf(applied) === ''
          ? [insertAtEnd(node, [`default ${token};`])]
          : [replaceWord(applied.file, word, token)],
    },
  };
}

/** A map that would be right if it looked up the header of the handshake, but looks up something else. */
function sourceFault(map: ResolvedDirective, name: string, token: string): Cause | null {
  const [source] = map.args;
  if (source === undefined || token !== 'upgrade') return null;
  if (variablesIn(source.value).some((one) => one === 'http_upgrade' || one === 'http_connection'))
    return null;
  const given = (key: string) => map.entries.find(({ name: word }) => word.value.toLowerCase() === key);
  if ((given('websocket') ?? given('default'))?.values[0]?.toLowerCase() !== token) return null;
  return {
    code: 'ws/map',
    message: `the map of $${name} looks up ${source.value}, which does not tell a handshake from other requests`,
    symptom: '400 or 426 from the upstream',
    file: map.node.file,
    span: { start: map.node.start, end: map.node.block!.open },
    related: [],
    help: `Write "map $http_upgrade $${name}".`,
    fix: { title: 'Look up $http_upgrade', edits: [replaceWord(map.node.file, source, '$http_upgrade')] },
  };
}

function swapEdits(
  entry: Directive,
): { file: Directive['file']; start: number; end: number; text: string }[] {
  const [value] = entry.args;
  if (value === undefined) return [];
  const { file, name } = entry;
  const raw = (word: { start: number; end: number }) => file.text.slice(word.start, word.end);
  return [
    { file, start: name.start, end: name.end, text: raw(value) },
    { file, start: value.start, end: value.end, text: raw(name) },
  ];
}
