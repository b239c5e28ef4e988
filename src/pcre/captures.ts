import type { Alternatives, Node, Pattern } from './tree.ts';
import { alternativesOf } from './tree.ts';
import { resolveReference, walk } from './references.ts';

/** Whether the branch can match without taking a byte. References and calls count as able to. */
export function nullableBranch(branch: readonly Node[]): boolean {
  return branch.every(nullable);
}

function nullable(node: Node): boolean {
  switch (node.type) {
    case 'byte':
    case 'set':
    case 'line-end':
    case 'grapheme':
      return false;
    case 'group':
      return node.alternatives.some(nullableBranch);
    case 'conditional':
      return node.alternatives.length < 2 || node.alternatives.some(nullableBranch);
    case 'repeat':
      return node.min === 0 || nullable(node.body);
    default:
      return true;
  }
}

/** The numbers of the captures inside. */
export function capturesIn(alternatives: Alternatives): Set<number> {
  const found = new Set<number>();
  walk(alternatives, (node) => {
    if (node.type === 'group' && node.kind === 'capture') found.add(node.index);
  });
  return found;
}

/** The captures that are certainly set once the branch has matched, given those set before it. */
export function setAfter(branch: readonly Node[], before: ReadonlySet<number>): Set<number> {
  const set = new Set(before);
  for (const node of branch) {
    if (node.type === 'look' && node.negative) continue;
    if (node.type === 'repeat' && node.min === 0) continue;
    if (node.type === 'conditional' || node.type === 'recursion') continue;
    const alternatives = alternativesOf(node);
    if (alternatives.length === 0) continue;
    const [first, ...others] = alternatives.map((one) => setAfter(one, set));
    for (const index of first!) if (others.every((other) => other.has(index))) set.add(index);
    if (node.type === 'group' && node.kind === 'capture') set.add(node.index);
  }
  return set;
}

/**
 * Calls `report` for every back reference that may be reached while its group is unset: there PCRE2 fails to match, where
 * JavaScript matches the empty string.
 */
export function unsetReferences(pattern: Pattern, report: () => void): void {
  const visit = (branch: readonly Node[], before: ReadonlySet<number>): void => {
    branch.forEach((node, index) => {
      const now = setAfter(branch.slice(0, index), before);
      if (node.type === 'backreference') {
        const groups = resolveReference(pattern, node.to);
        if (groups.length !== 1 || !now.has(groups[0]!)) report();
      }
      for (const inner of alternativesOf(node)) visit(inner, now);
    });
  };
  for (const branch of pattern.alternatives) visit(branch, new Set());
}
