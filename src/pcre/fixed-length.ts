import { Refusal } from './reader.ts';
import type { Alternatives, GroupNode, GroupReference, Node, Pattern } from './tree.ts';
import { resolveReference, walk } from './references.ts';

const maxLookbehind = 65535;
const maxSteps = 2000;

/** What the computation of lengths needs to know, and how far it has got. */
export class LengthChecker {
  readonly pattern: Pattern;
  readonly groups: ReadonlyMap<number, GroupNode>;
  /** Groups being measured because something refers to them; meeting one again is a recursion. */
  readonly measuring: GroupNode[] = [];
  steps = 0;

  constructor(pattern: Pattern, groups: ReadonlyMap<number, GroupNode>) {
    this.pattern = pattern;
    this.groups = groups;
  }
}

/**
 * The number of bytes that a branch of a lookbehind matches (pcre2_compile.c, get_branchlength). Throws a Refusal at
 * `offset` (the lookbehind) when that is not fixed, at the reference when its group does not exist.
 */
export function branchLength(checker: LengthChecker, branch: readonly Node[], offset: number): number {
  if (checker.steps++ > maxSteps) throw new Refusal(135, offset);
  let total = 0;
  for (const node of branch) {
    if (node.type === 'verb' && (node.name === 'ACCEPT' || node.name === 'FAIL')) break;
    total += nodeLength(checker, node, offset);
    if (total > maxLookbehind) throw new Refusal(187, offset);
  }
  return total;
}

function nodeLength(checker: LengthChecker, node: Node, offset: number): number {
  switch (node.type) {
    case 'byte':
    case 'set':
      return 1;
    case 'assertion':
    case 'keep':
    case 'verb':
      return 0;
    case 'group':
      return groupLength(checker, node.alternatives, offset);
    case 'conditional':
      return node.condition.kind === 'define' ? 0 : groupLength(checker, node.alternatives, offset);
    case 'look':
      checkInside(checker, node.behind ? [[node]] : node.alternatives);
      return 0;
    case 'repeat':
      if (node.body.type === 'look' && !node.body.behind) return nodeLength(checker, node.body, offset);
      if (node.min !== node.max) {
        nodeLength(checker, node.body, offset);
        throw new Refusal(125, offset);
      }
      return node.min * nodeLength(checker, node.body, offset);
    case 'backreference':
    case 'recursion':
      return referenceLength(checker, node.to, node.at, offset, node);
    case 'line-end':
    case 'grapheme':
      throw new Refusal(125, offset);
  }
}

function groupLength(checker: LengthChecker, alternatives: Alternatives, offset: number): number {
  let length = -1;
  for (const branch of alternatives) {
    const own = branchLength(checker, branch, offset);
    if (length !== -1 && own !== length) throw new Refusal(125, offset);
    length = own;
  }
  return length;
}

/** Lookbehinds inside something that has no length of its own are measured with their own offsets. */
function checkInside(checker: LengthChecker, alternatives: Alternatives): void {
  walk(alternatives, (node) => {
    if (node.type !== 'look' || !node.behind) return;
    for (const branch of node.alternatives) branchLength(checker, branch, node.at);
  });
}

function referenceLength(
  checker: LengthChecker,
  to: GroupReference,
  at: number,
  offset: number,
  node: Node,
): number {
  if (node.type === 'backreference' && checker.pattern.sharesNumbers && 'number' in to)
    throw new Refusal(125, offset);
  const numbers = resolveReference(checker.pattern, to);
  if (numbers.length === 0) throw new Refusal(115, at);
  const ambiguous = numbers.length > 1 || checker.pattern.sharesNumbers;
  const group = checker.groups.get(numbers[0]!);
  if (group === undefined || (node.type === 'backreference' && ambiguous)) throw new Refusal(125, offset);
  if (checker.measuring.includes(group) || contains(group, node)) throw new Refusal(125, offset);
  checker.measuring.push(group);
  const length = groupLength(checker, group.alternatives, offset);
  checker.measuring.pop();
  return length;
}

function contains(group: GroupNode, wanted: Node): boolean {
  let found = false;
  walk(group.alternatives, (node) => {
    if (node === wanted) found = true;
  });
  return found;
}
