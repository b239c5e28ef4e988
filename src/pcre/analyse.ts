import type { ByteSet } from './byte-set.ts';
import { add, addAll, emptySet, intersects } from './byte-set.ts';
import { nullableBranch } from './captures.ts';
import { anyByte, lineEnds } from './named-sets.ts';
import { walk } from './references.ts';
import type { Alternatives, Node, Pattern, RepeatNode } from './tree.ts';
import { alternativesOf } from './tree.ts';

/** The bytes that something matching the branch without being empty can begin with. */
function firstOf(branch: readonly Node[]): ByteSet {
  const found = emptySet();
  for (const node of branch) {
    addAll(found, firstOfNode(node));
    if (!nullableBranch([node])) break;
  }
  return found;
}

function firstOfNode(node: Node): ByteSet {
  const found = emptySet();
  switch (node.type) {
    case 'byte':
      add(found, node.code);
      return found;
    case 'set':
      return node.bytes;
    case 'line-end':
      return lineEnds;
    case 'grapheme':
    case 'backreference':
    case 'recursion':
      return anyByte;
    case 'repeat':
      return firstOfNode(node.body);
    case 'group':
    case 'conditional':
      for (const branch of node.alternatives) addAll(found, firstOf(branch));
      return found;
    default:
      return found;
  }
}

/** The text that every match begins with, as far as it is literal and starts at an anchor; '' when there is none. */
export function literalPrefix(pattern: Pattern): string {
  const [branch] = pattern.alternatives;
  if (pattern.alternatives.length !== 1 || branch === undefined) return '';
  const start = branch.findIndex((node) => node.type === 'assertion' && node.kind === 'start');
  if (start !== 0) return '';
  let prefix = '';
  for (const node of branch.slice(1)) {
    if (node.type !== 'byte') break;
    prefix += String.fromCharCode(node.code);
  }
  return prefix;
}

/** The pattern's text when it is a plain string without any choice, repetition or assertion but anchors; else null. */
export function literalText(pattern: Pattern): string | null {
  const [branch] = pattern.alternatives;
  if (pattern.alternatives.length !== 1 || branch === undefined) return null;
  let text = '';
  for (const node of branch) {
    if (node.type === 'byte') text += String.fromCharCode(node.code);
    else if (node.type !== 'assertion') return null;
  }
  return text;
}

/**
 * A repetition whose rounds can be split in exponentially many ways, such as `(a+)+` or `(\w+\s?)*`; null when none is
 * found. Inside a round there is an unbounded repetition of some set, and everything else in that round can be empty or
 * consists of bytes of the same set, so that what one round takes two rounds can take as well.
 */
export function catastrophicRepeat(pattern: Pattern): RepeatNode | null {
  let found: RepeatNode | null = null;
  walk(pattern.alternatives, (node) => {
    if (found !== null || node.type !== 'repeat' || node.mode === 'possessive') return;
    if (node.max === Infinity && splitsFreely([[node.body]])) found = node;
  });
  return found;
}

/**
 * Whether a search may have exponentially many ways: besides {@link catastrophicRepeat}, in a round of a repetition several branches
 * can begin with the same byte, or something may be there or not, as in `(a|aa)+` and `(a?a)+`. It errs on this side.
 */
export function mayBeExponential(pattern: Pattern): boolean {
  if (catastrophicRepeat(pattern) !== null) return true;
  let found = false;
  walk(pattern.alternatives, (node) => {
    if (node.type === 'repeat' && node.max === Infinity && node.mode !== 'possessive')
      walk([[node.body]], (inner) => (found ||= hasChoice(inner)));
  });
  return found;
}

/** Whether the same bytes can be matched by it in several ways; unbounded repetitions are left to {@link catastrophicRepeat}. */
function hasChoice(node: Node): boolean {
  if (node.type === 'repeat')
    return node.max !== Infinity && node.min !== node.max && node.mode !== 'possessive';
  if (node.type !== 'group') return false;
  const firsts = node.alternatives.map((branch) => firstOf(branch));
  return firsts.some((first, index) => firsts.slice(0, index).some((other) => intersects(first, other)));
}

/** Subjects of this length can be searched by what divides them in exponentially many ways. */
const lengthForExponential = 20;

/**
 * The length of the longest subject on which a search surely ends within about `tries` tries: each unbounded repetition may try
 * every length at every place, and so may a search that is not bound to the start.
 */
export function safeSubjectLength(pattern: Pattern, tries: number): number {
  if (mayBeExponential(pattern)) return lengthForExponential;
  let loops = 0;
  walk(pattern.alternatives, (node) => {
    if (node.type === 'repeat' && node.max === Infinity && node.mode !== 'possessive') loops++;
  });
  const isBound = pattern.alternatives.every(
    ([first]) => first?.type === 'assertion' && first.kind === 'start',
  );
  return Math.floor(tries ** (1 / Math.max(loops + (isBound ? 0 : 1), 1)));
}

function splitsFreely(alternatives: Alternatives): boolean {
  return alternatives.some((branch) =>
    branch.some((node, index) => {
      const rest = [...branch.slice(0, index), ...branch.slice(index + 1)];
      if (node.type === 'repeat' && node.max === Infinity && node.mode !== 'possessive') {
        const repeated = firstOfNode(node.body);
        return rest.every((other) => canBeWithin(other, repeated)) && repeated.some((word) => word !== 0);
      }
      if (node.type !== 'group' || node.kind === 'atomic') return false;
      return rest.every((other) => nullableBranch([other])) && splitsFreely(node.alternatives);
    }),
  );
}

function canBeWithin(node: Node, set: ByteSet): boolean {
  if (nullableBranch([node])) return true;
  if (node.type === 'byte' || node.type === 'set') return intersects(firstOfNode(node), set);
  return alternativesOf(node).some((branch) => branch.every((inner) => canBeWithin(inner, set)));
}
