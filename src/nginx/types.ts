/** Where a directive may stand, by the names of `../shared/facts` (nginx's NGX_*_CONF bits). */
export type Context =
  | 'main'
  | 'events'
  | 'http'
  | 'server'
  | 'location'
  | 'if in server'
  | 'if in location'
  | 'limit_except'
  | 'upstream'
  | 'stream'
  | 'stream.server'
  | 'stream.upstream'
  | 'mail'
  | 'mail.server'
  | 'rtmp'
  | 'rtmp.server'
  | 'rtmp.application'
  | 'rtmp.recorder'
  | 'otel_exporter'
  | 'acme_issuer'
  | 'mgmt'
  | 'oidc_provider';

export type ValueKind =
  | 'flag'
  | 'num'
  | 'size'
  | 'off'
  | 'msec'
  | 'sec'
  | 'enum'
  | 'bitmask'
  | 'str'
  | 'str_array'
  | 'keyval'
  | 'bufs'
  | 'path'
  | 'access'
  | 'complex'
  | 'complex_size'
  | 'predicate'
  | 'types'
  | 'custom';

/** The facts of one directive of one module as of one nginx version; made from the generated tables. */
export interface DirectiveSpec {
  readonly name: string;
  readonly module: string;
  readonly contexts: readonly Context[];
  /** The same as bits, by `contextBit` of specs.ts. */
  readonly contextMask: number;
  readonly kind: ValueKind;
  /** Exact argument counts; null when only `atLeast` bounds them. */
  readonly counts: readonly number[] | null;
  readonly atLeast: number | null;
  /** Both in one: bit n for n arguments; negative: `-1 - countMask` or more. */
  readonly countMask: number;
  readonly block: boolean;
  readonly blockContent: 'directives' | 'entries' | null;
  readonly opens: readonly Context[];
  readonly raw: boolean;
  readonly enumValues: readonly string[] | null;
  /** Literal words of the documented syntax. */
  readonly words: readonly string[];
  readonly bounds: readonly [number | null, number | null] | null;
  readonly default: string | null;
  readonly inherit: 'value' | 'array-replace' | 'none' | null;
  readonly inheritGroup: readonly string[];
  readonly inheritsIntoUnnamed: boolean;
  readonly repeat: 'error' | 'accumulate' | 'last' | 'unknown';
  /** Whether at least one argument form evaluates variables. */
  readonly variables: boolean;
  /** First mainline release that has it; null when unknown. */
  readonly since: string | null;
  /** Older releases that have it too. */
  readonly alsoIn: readonly string[];
  readonly removedIn: string | null;
  readonly deprecatedSince: string | null;
  readonly replacedBy: string | null;
  readonly ignoredSince: string | null;
  readonly commercial: boolean;
  /** Name of the add-on project for third-party directives, else null. */
  readonly thirdParty: string | null;
}
