import type { Context, ValueKind } from './types.ts';

/** The shape of `generated/*.ts`: what `generate.ts` writes and `specs.ts` reads. */

/** Bit `n` of a context mask stands for the n-th of these. Append only: generated tables hold the numbers. */
export const contextNames: readonly Context[] = [
  'main',
  'events',
  'http',
  'server',
  'location',
  'if in server',
  'if in location',
  'limit_except',
  'upstream',
  'stream',
  'stream.server',
  'stream.upstream',
  'mail',
  'mail.server',
  'rtmp',
  'rtmp.server',
  'rtmp.application',
  'rtmp.recorder',
  'otel_exporter',
  'acme_issuer',
  'mgmt',
  'oidc_provider',
];

/** A directive that may stand everywhere (`include`). */
export const anyContext = (1 << contextNames.length) - 1;

export const valueKinds: readonly ValueKind[] = [
  'custom',
  'flag',
  'num',
  'size',
  'off',
  'msec',
  'sec',
  'enum',
  'bitmask',
  'str',
  'str_array',
  'keyval',
  'bufs',
  'path',
  'access',
  'complex',
  'complex_size',
  'predicate',
  'types',
];

export const inheritances = [null, 'value', 'array-replace', 'none'] as const;
export const repetitions = ['unknown', 'error', 'accumulate', 'last'] as const;

export const flagBlock = 1;
export const flagRaw = 2;
export const flagCommercial = 4;
export const flagInheritsIntoUnnamed = 8;
export const flagEntries = 16;
export const flagVariables = 32;

/** Whatever most directives lack. */
export interface FactExtras {
  readonly enumValues?: readonly string[];
  readonly bounds?: readonly [number | null, number | null];
  readonly default?: string;
  readonly opens?: number;
  readonly inheritGroup?: readonly string[];
  readonly since?: string;
  /** Older releases that have it too. */
  readonly alsoIn?: readonly string[];
  readonly removedIn?: string;
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly ignoredSince?: string;
  readonly project?: string;
  readonly words?: readonly string[];
  /** From each version on: context mask, counts (see {@link FactRow}), words of the enum, kind. */
  readonly history?: readonly (readonly [
    version: string,
    contexts: number,
    counts: number,
    block: 0 | 1,
    enumValues: readonly string[] | null,
    flag: 0 | 1,
  ])[];
}

/**
 * One directive of one module. `counts` has bit `n` set when `n` arguments are fine; when negative, `-1 - counts`
 * or more are.
 */
export type FactRow = readonly [
  module: number,
  contexts: number,
  kind: number,
  counts: number,
  flags: number,
  inherit: number,
  repeat: number,
  extras: FactExtras | 0,
];

export interface DirectiveTables {
  readonly modules: readonly string[];
  readonly directives: Readonly<Record<string, readonly FactRow[]>>;
}

/** `name` without `$`; `flags` as nginx's: `changeable`, `nocacheable`, `nohash`, `weak`, `prefix`. */
export interface VariableFact {
  readonly name: string;
  readonly module: string;
  readonly subsystem: 'http' | 'stream';
  readonly prefix: boolean;
  readonly changeable: boolean;
  readonly since: string | null;
  readonly commercial: boolean;
  /** Read by a module but defined by the configuration, such as `$memcached_key`. */
  readonly userDefined: boolean;
  readonly addon: string | null;
}
