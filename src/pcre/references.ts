import type { Alternatives, GroupNode, GroupReference, Node, Pattern } from './tree.ts';
import { alternativesOf } from './tree.ts';

/** The numbers a reference means; empty when there is no such group. */
export function resolveReference(pattern: Pattern, to: GroupReference): number[] {
  if ('number' in to) return to.number <= pattern.captureCount ? [to.number] : [];
  return pattern.names.filter(({ name }) => name === to.name).map(({ number }) => number);
}

/** The first group with each number. */
export function groupsByNumber(alternatives: Alternatives): Map<number, GroupNode> {
  const groups = new Map<number, GroupNode>();
  walk(alternatives, (node) => {
    if (node.type === 'group' && node.kind === 'capture' && !groups.has(node.index))
      groups.set(node.index, node);
  });
  return groups;
}

/** Visits every node in the order of the pattern. */
export function walk(alternatives: Alternatives, visit: (node: Node) => void): void {
  for (const branch of alternatives)
    for (const node of branch) {
      visit(node);
      walk(alternativesOf(node), visit);
    }
}
