import {
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
import { Facts } from './facts.ts';
import type { Context, DirectiveSpec } from './types.ts';
import { compareVersions } from '../text/compare-versions.ts';

const contextBits: ReadonlyMap<Context, number> = new Map(contextNames.map((name, at) => [name, 1 << at]));

/** The bit of `context` in {@link DirectiveSpec.contextMask}. */
export function contextBit(context: Context): number {
  return contextBits.get(context)!;
}

const none: readonly DirectiveSpec[] = [];

/**
 * What one nginx version knows of directives. Specs are made when they are first asked for, so that a small
 * configuration pays for the names it uses.
 */
export class SpecTable {
  /** A version such as `1.31.5`. */
  readonly version: string;
  readonly #facts: Facts;
  readonly #byName = new Map<string, readonly DirectiveSpec[]>();
  readonly #addonsByName = new Map<string, readonly DirectiveSpec[]>();

  constructor(version: string, facts: Facts = new Facts()) {
    this.version = version;
    this.#facts = facts;
  }

  /** The directives called `name` that this version has without add-ons; more than one when modules share a name. */
  find(name: string): readonly DirectiveSpec[] {
    let specs = this.#byName.get(name);
    if (specs === undefined) {
      specs = this.every(name).filter((spec) => !spec.commercial && this.#has(spec));
      if (specs.length === 0) specs = none;
      this.#byName.set(name, specs);
    }
    return specs;
  }

  /** The directive that nginx would run for `name` in `context`, or null. */
  lookup(name: string, context: Context): DirectiveSpec | null {
    return inContext(this.find(name), context);
  }

  /** Directives of add-on modules called `name`. */
  findThirdParty(name: string): readonly DirectiveSpec[] {
    let specs = this.#addonsByName.get(name);
    if (specs === undefined) {
      specs = this.#rows(this.#facts.thirdParty, name);
      this.#addonsByName.set(name, specs);
    }
    return specs;
  }

  /** Every record of `name`: newer and older versions and commercial ones too. */
  every(name: string): readonly DirectiveSpec[] {
    return this.#rows(this.#facts.directives, name);
  }

  /** Every name that this version knows in `context`; for "did you mean". */
  namesIn(context: Context): string[] {
    const bit = contextBit(context);
    return Object.keys(this.#facts.directives.directives).filter((name) =>
      this.find(name).some((spec) => (spec.contextMask & bit) !== 0),
    );
  }

  /** Every directive name of nginx itself, whatever the version. */
  allNames(): string[] {
    return Object.keys(this.#facts.directives.directives);
  }

  /** Every name that an add-on module brings. */
  thirdPartyNames(): string[] {
    return Object.keys(this.#facts.thirdParty.directives);
  }

  /** Versions from which on something about directives called `name` is different. */
  changesOf(name: string): string[] {
    const { directives } = this.#facts.directives;
    const rows = Object.hasOwn(directives, name) ? directives[name]! : [];
    return rows.flatMap((row) => {
      const extras = row[7];
      if (extras === 0 || (row[4] & flagCommercial) !== 0) return [];
      const { since, removedIn, history = [] } = extras;
      const all = [since, removedIn, ...history.map(([version]) => version)];
      return all.filter((version) => version !== undefined);
    });
  }

  #has({ since, alsoIn, removedIn }: DirectiveSpec): boolean {
    return (
      (since === null || compareVersions(since, this.version) <= 0 || alsoIn.includes(this.version)) &&
      (removedIn === null || compareVersions(removedIn, this.version) > 0)
    );
  }

  #rows({ modules, directives }: DirectiveTables, name: string): readonly DirectiveSpec[] {
    const rows = Object.hasOwn(directives, name) ? directives[name]! : [];
    return rows.map((row) => makeSpec(name, modules[row[0]]!, row, this.version));
  }
}

/** The first of `specs` that may stand in `context`. */
export function inContext(specs: readonly DirectiveSpec[], context: Context): DirectiveSpec | null {
  const bit = contextBit(context);
  for (const spec of specs) if ((spec.contextMask & bit) !== 0) return spec;
  return null;
}

const noExtras: FactExtras = {};

function makeSpec(name: string, module: string, row: FactRow, version: string): DirectiveSpec {
  const [, contexts, kindIndex, counts, flags, inherit, repeat] = row;
  const extras = row[7] === 0 ? noExtras : row[7];
  const state = extras.history?.findLast(([from], at) => at === 0 || compareVersions(from, version) <= 0);
  const contextMask = state?.[1] ?? contexts;
  const countMask = state?.[2] ?? counts;
  const newest = valueKinds[kindIndex]!;
  // History tells a flag from other kinds only; what else a value was before is not recorded.
  const kind =
    state === undefined || (newest === 'flag') === (state[5] === 1)
      ? newest
      : state[5] === 1
        ? 'flag'
        : 'custom';
  const enumValues = state === undefined ? (extras.enumValues ?? null) : state[4];
  return {
    name,
    module,
    contexts: maskContexts(contextMask),
    contextMask,
    kind: kind === 'flag' && enumValues !== null ? 'enum' : kind,
    counts: countMask < 0 ? null : maskCounts(countMask),
    atLeast: countMask < 0 ? -1 - countMask : null,
    countMask,
    block: state === undefined ? (flags & flagBlock) !== 0 : state[3] === 1,
    blockContent: (flags & flagBlock) === 0 ? null : (flags & flagEntries) !== 0 ? 'entries' : 'directives',
    opens: maskContexts(extras.opens ?? 0),
    raw: (flags & flagRaw) !== 0,
    enumValues,
    words: extras.words ?? [],
    bounds: extras.bounds ?? null,
    default: extras.default ?? null,
    inherit: inheritances[inherit]!,
    inheritGroup: extras.inheritGroup ?? [],
    inheritsIntoUnnamed: (flags & flagInheritsIntoUnnamed) !== 0,
    repeat: repetitions[repeat]!,
    variables: (flags & flagVariables) !== 0,
    since: extras.since ?? null,
    alsoIn: extras.alsoIn ?? [],
    removedIn: extras.removedIn ?? null,
    deprecatedSince: extras.deprecatedSince ?? null,
    replacedBy: extras.replacedBy ?? null,
    ignoredSince: extras.ignoredSince ?? null,
    commercial: (flags & flagCommercial) !== 0,
    thirdParty: extras.project ?? null,
  };
}

function maskContexts(mask: number): Context[] {
  return contextNames.filter((_, at) => (mask & (1 << at)) !== 0);
}

function maskCounts(mask: number): number[] {
  const counts: number[] = [];
  for (let count = 0; count < 10; count++) if ((mask & (1 << count)) !== 0) counts.push(count);
  return counts;
}
