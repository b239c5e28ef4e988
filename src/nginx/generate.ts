/**
 * Makes `generated/*.ts` from the fact tables: `node src/nginx/generate.ts [FACTS_DIRECTORY]`.
 * Run it when the facts change; the result is committed, so that the project builds without them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  anyContext,
  contextNames,
  flagBlock,
  flagCommercial,
  flagEntries,
  flagInheritsIntoUnnamed,
  flagRaw,
  flagVariables,
  inheritances,
  repetitions,
  valueKinds,
} from './facts-format.ts';
import type { DirectiveTables, FactExtras, FactRow } from './facts-format.ts';
import { compareVersions } from '../text/compare-versions.ts';
import { oldestVersion } from './versions.ts';

interface Counts {
  readonly counts: readonly number[] | null;
  readonly atLeast: number | null;
  readonly kind: string;
  readonly block: boolean;
}

interface HistoryEntry extends Counts {
  readonly version: string;
  readonly contexts: readonly string[];
  readonly enumValues: readonly string[] | null;
}

/** A record of directives.json, removed.json or third-party.json; each file leaves some keys out. */
interface Source {
  readonly name: string;
  readonly module: string;
  readonly contexts: readonly string[];
  readonly args: Counts;
  readonly type?: string;
  readonly enumValues?: readonly string[] | null;
  readonly bounds?: readonly [number | null, number | null];
  readonly default?: string | null;
  readonly since?: string | null;
  readonly firstRelease?: string | null;
  readonly commercial?: boolean;
  readonly inherit?: string | null;
  readonly inheritGroup?: readonly string[];
  readonly inheritsIntoUnnamed?: boolean;
  readonly repeat?: string;
  readonly variables?: boolean;
  readonly blockContent?: string | null;
  readonly opens?: readonly string[] | null;
  readonly deprecatedSince?: string | null;
  readonly replacedBy?: string | readonly string[] | null;
  readonly obsolete?: boolean;
  readonly ignoredSince?: string | null;
  readonly removedIn?: string | null;
  readonly raw?: boolean;
  readonly project?: string;
  readonly words?: readonly string[];
  readonly history?: readonly HistoryEntry[];
}

const facts = process.argv[2] ?? join(import.meta.dirname, '../../../shared/facts');
const output = join(import.meta.dirname, 'generated');

function read<T>(file: string): T[] {
  return JSON.parse(readFileSync(join(facts, file), 'utf8')) as T[];
}

function contextMask(contexts: readonly string[]): number {
  if (contexts.includes('any')) return anyContext;
  let mask = 0;
  for (const context of contexts) {
    const bit = (contextNames as readonly string[]).indexOf(context);
    if (bit === -1) throw new Error(`unknown context ${context}`);
    mask |= 1 << bit;
  }
  return mask;
}

function countMask({ counts, atLeast }: Counts): number {
  if (counts === null) return -1 - (atLeast ?? 0);
  return counts.reduce((mask, count) => mask | (1 << count), 0);
}

function indexIn(names: readonly (string | null)[], name: string | null): number {
  const index = names.indexOf(name);
  if (index === -1) throw new Error(`unknown word ${name}`);
  return index;
}

/** What changed since the oldest version that counts; the state at that version comes first. */
function relevantHistory(record: Source): FactExtras['history'] {
  const entries = record.history ?? [];
  const lastOld = entries.findLastIndex(({ version }) => compareVersions(version, oldestVersion) <= 0);
  const kept = entries.slice(Math.max(lastOld, 0));
  if (kept.length < 2) return undefined;
  return kept.map(({ version, contexts, enumValues, block, kind, ...counts }) => [
    version,
    contextMask(contexts),
    countMask({ block, kind, ...counts }),
    block ? 1 : 0,
    enumValues,
    kind === 'flag' ? 1 : 0,
  ]);
}

/** Directives that distributions brought back to an older release: Debian's 1.22.1 has the fix with `max_headers`. */
const backports: Readonly<Record<string, readonly string[]>> = { max_headers: ['1.22.1'] };

function extras(record: Source): FactExtras | 0 {
  const replacedBy = Array.isArray(record.replacedBy) ? record.replacedBy.join(', ') : record.replacedBy;
  const all: Record<string, unknown> = {
    enumValues: record.enumValues,
    bounds: record.bounds,
    default: record.default,
    opens: record.opens ? contextMask(record.opens) : null,
    inheritGroup: record.inheritGroup,
    since: record.project === undefined ? (record.firstRelease ?? record.since) : null,
    removedIn: record.project === undefined ? record.removedIn : null,
    deprecatedSince: record.deprecatedSince,
    replacedBy: replacedBy as string | null | undefined,
    ignoredSince: record.ignoredSince ?? (record.obsolete ? record.deprecatedSince : null),
    alsoIn: backports[record.name],
    project: record.project,
    words: record.words,
    history: relevantHistory(record),
  };
  const kept = Object.entries(all).filter(([, value]) => value !== null && value !== undefined);
  return kept.length === 0 ? 0 : (Object.fromEntries(kept) as FactExtras);
}

function row(record: Source, modules: string[]): FactRow {
  if (!modules.includes(record.module)) modules.push(record.module);
  const flags =
    (record.args.block ? flagBlock : 0) |
    (record.raw ? flagRaw : 0) |
    (record.commercial ? flagCommercial : 0) |
    (record.inheritsIntoUnnamed ? flagInheritsIntoUnnamed : 0) |
    (record.blockContent === 'entries' ? flagEntries : 0) |
    (record.variables ? flagVariables : 0);
  return [
    modules.indexOf(record.module),
    contextMask(record.contexts),
    indexIn(valueKinds, record.type ?? (record.args.kind === 'flag' ? 'flag' : 'custom')),
    countMask(record.args),
    flags,
    indexIn(inheritances, record.inherit ?? null),
    indexIn(repetitions, record.repeat ?? 'unknown'),
    extras(record),
  ];
}

function tables(records: readonly Source[]): DirectiveTables {
  const modules: string[] = [];
  const directives: Record<string, FactRow[]> = {};
  for (const record of records) (directives[record.name] ??= []).push(row(record, modules));
  return { modules, directives };
}

function write(file: string, constant: string, about: string, value: unknown): void {
  const json = JSON.stringify(value).replace(/[\\']/g, '\\$&');
  writeFileSync(
    join(output, file),
    `/** ${about} Written by generate.ts. */\nexport const ${constant} =\n  '${json}';\n`,
  );
}

const directives = read<Source>('directives.json');
const isCurrent = new Set(directives.map(({ name, module }) => `${module} ${name}`));
// Names that went away before the oldest version that counts are of no use to a message about it, but to advice.
const removed = read<Source>('removed.json').filter(
  ({ name, module }) => !isCurrent.has(`${module} ${name}`),
);
write(
  'directives.ts',
  'directiveTables',
  'Directives of nginx, as JSON.',
  tables([...directives, ...removed]),
);
write(
  'third-party.ts',
  'thirdPartyTables',
  'Directives of add-on modules, as JSON.',
  tables(read<Source>('third-party.json')),
);

interface VariableSource {
  readonly name: string;
  readonly module: string;
  readonly subsystem: string;
  readonly prefix: boolean;
  readonly flags: readonly string[];
  readonly since: string | null;
  readonly firstRelease: string | null;
  readonly commercial: boolean;
  readonly userDefined: boolean;
  readonly addon?: string;
}

/**
 * The earlier of the two versions. Prefixes and the variables of the browser and referer modules became entries of a
 * table in 1.11.10 and 1.13.4, which is all that the tags tell; they are older.
 */
function variableSince({ since, firstRelease, prefix, module }: VariableSource): string | null {
  if (since === null && (prefix || /_(browser|referer)_module$/.test(module))) return null;
  if (since === null || firstRelease === null) return since ?? firstRelease;
  return compareVersions(since, firstRelease) < 0 ? since : firstRelease;
}

write(
  'variables.ts',
  'variableTable',
  'Built-in variables, as JSON.',
  read<VariableSource>('variables.json').map((record) => ({
    name: record.name,
    module: record.module,
    subsystem: record.subsystem,
    prefix: record.prefix,
    changeable: record.flags.includes('changeable'),
    since: variableSince(record),
    commercial: record.commercial,
    userDefined: record.userDefined,
    addon: record.addon ?? null,
  })),
);

write(
  'behaviour-versions.ts',
  'behaviourVersions',
  'Releases that changed how requests are passed on or upgraded, oldest first, as JSON.',
  [...new Set(read<{ version: string | null }>('changes-websocket.json').map(({ version }) => version))]
    .filter((version) => version !== null && compareVersions(version, oldestVersion) > 0)
    .sort((a, b) => compareVersions(a!, b!)),
);
