import type { ByteSet } from './byte-set.ts';

/**
 * What a PCRE2 pattern means, with every option (`(?i)`, `(?s)`, `(?m)`, `(?x)`, `(?U)`) already applied: a letter under
 * `(?i)` is a set of two bytes, a `$` under `(?m)` is another assertion than a `$` without.
 */

/** Exactly one byte. */
export interface ByteNode {
  readonly type: 'byte';
  readonly code: number;
}

/** One byte out of a set: a class, `.`, `\d`, a letter that ignores case. */
export interface SetNode {
  readonly type: 'set';
  readonly bytes: ByteSet;
}

export type AssertionKind =
  | 'start'
  | 'line-start'
  | 'end'
  /** `$` and `\Z`: the end, or before a newline that ends the subject. */
  | 'end-or-final-newline'
  | 'line-end'
  | 'word-boundary'
  | 'not-word-boundary';

export interface AssertionNode {
  readonly type: 'assertion';
  readonly kind: AssertionKind;
}

export type Alternatives = Node[][];

export interface GroupNode {
  readonly type: 'group';
  readonly kind: 'plain' | 'capture' | 'atomic';
  /** Number of the capture, from 1; 0 when it captures nothing. */
  readonly index: number;
  readonly alternatives: Alternatives;
  /** Offset of its `(`. */
  readonly at: number;
}

export interface LookNode {
  readonly type: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  /** False for `(*napla:…)` and `(*naplb:…)`, which can be backtracked into. */
  readonly atomic: boolean;
  readonly alternatives: Alternatives;
  readonly at: number;
}

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

export interface RepeatNode {
  readonly type: 'repeat';
  readonly min: number;
  /** `Infinity` when there is no upper bound. */
  readonly max: number;
  mode: RepeatMode;
  readonly body: Node;
  /** Offset of the quantifier. */
  readonly at: number;
}

/** Which group a reference means: its number, or a name that is looked up when the whole pattern was read. */
export type GroupReference = { readonly number: number } | { readonly name: string };

export interface BackReferenceNode {
  readonly type: 'backreference';
  readonly to: GroupReference;
  readonly caseless: boolean;
  /** Offset that PCRE2 reports when the group does not exist. */
  readonly at: number;
}

export interface RecursionNode {
  readonly type: 'recursion';
  readonly to: GroupReference;
  readonly at: number;
}

export type Condition =
  | { readonly kind: 'group'; readonly to: GroupReference }
  | { readonly kind: 'recursion'; readonly name: string; readonly ampersand: boolean }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'define' }
  /** The first item of the first alternative is the assertion that decides. */
  | { readonly kind: 'assertion' };

export interface ConditionalNode {
  readonly type: 'conditional';
  readonly condition: Condition;
  readonly alternatives: Alternatives;
  readonly at: number;
}

/** `\R`: a line end of any kind, CR LF counting as one. */
export interface LineEndNode {
  readonly type: 'line-end';
}

/** `\X`. In byte mode: CR LF together, else one byte. */
export interface GraphemeNode {
  readonly type: 'grapheme';
}

/** `\K`: what was matched so far is not part of the result. */
export interface KeepNode {
  readonly type: 'keep';
}

/** `(*FAIL)` and the other backtracking verbs. */
export interface VerbNode {
  readonly type: 'verb';
  readonly name: string;
}

export type Node =
  | ByteNode
  | SetNode
  | AssertionNode
  | GroupNode
  | LookNode
  | RepeatNode
  | BackReferenceNode
  | RecursionNode
  | ConditionalNode
  | LineEndNode
  | GraphemeNode
  | KeepNode
  | VerbNode;

export interface GroupName {
  readonly name: string;
  readonly number: number;
}

/** A pattern that PCRE2 accepts, up to the checks of `verify.ts`. */
export interface Pattern {
  readonly alternatives: Alternatives;
  readonly captureCount: number;
  /** In the order of the pattern; a name stands more than once under `(?J)`. */
  readonly names: readonly GroupName[];
  /** True when `(?|…)` gives several groups one number. */
  readonly sharesNumbers: boolean;
  /** Words such as `UTF` of `(*UTF)` at the very start. */
  readonly startOptions: readonly string[];
}

/** Why PCRE2 refuses a pattern, and the byte offset it reports. */
export interface PatternError {
  readonly code: number;
  readonly offset: number;
}

/** The alternatives of a node that has some, else none. */
export function alternativesOf(node: Node): Alternatives {
  switch (node.type) {
    case 'group':
    case 'look':
    case 'conditional':
      return node.alternatives;
    case 'repeat':
      return [[node.body]];
    default:
      return [];
  }
}
