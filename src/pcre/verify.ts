import { branchLength, LengthChecker } from './fixed-length.ts';
import { Refusal } from './reader.ts';
import { groupsByNumber, resolveReference, walk } from './references.ts';
import type { Alternatives, ConditionalNode, Node, Pattern, PatternError } from './tree.ts';
import { alternativesOf } from './tree.ts';

/**
 * The checks PCRE2 makes after reading a pattern: lookbehinds of fixed length first, then references in the order of
 * the pattern, then the number of alternatives of conditions. `length` is the pattern's, the offset of errors that have
 * no place. Null when all is well.
 */
export function verify(pattern: Pattern, length: number): PatternError | null {
  try {
    if (hasLookbehind(pattern.alternatives)) checkLookbehinds(pattern);
    checkReferences(pattern, length);
    checkConditions(pattern.alternatives);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, offset: error.offset };
    throw error;
  }
}

function hasLookbehind(alternatives: Alternatives): boolean {
  let found = false;
  walk(alternatives, (node) => {
    if (node.type === 'look' && node.behind) found = true;
  });
  return found;
}

function checkLookbehinds(pattern: Pattern): void {
  const checker = new LengthChecker(pattern, groupsByNumber(pattern.alternatives));
  walk(pattern.alternatives, (node) => {
    if (node.type !== 'look' || !node.behind) return;
    for (const branch of node.alternatives) branchLength(checker, branch, node.at);
  });
}

function checkReferences(pattern: Pattern, length: number): void {
  const check = (alternatives: Alternatives, inLook: boolean): void => {
    for (const branch of alternatives)
      for (const node of branch) {
        checkReference(pattern, node);
        if (node.type === 'keep' && inLook) throw new Refusal(199, length);
        check(alternativesOf(node), inLook || node.type === 'look');
      }
  };
  check(pattern.alternatives, false);
}

function checkReference(pattern: Pattern, node: Node): void {
  if (node.type === 'backreference' || node.type === 'recursion') {
    if (resolveReference(pattern, node.to).length === 0) throw new Refusal(115, node.at);
  } else if (node.type === 'conditional') checkCondition(pattern, node);
}

function checkCondition(pattern: Pattern, node: ConditionalNode): void {
  const { condition } = node;
  if (condition.kind === 'group') {
    if (resolveReference(pattern, condition.to).length === 0) throw new Refusal(115, node.at);
  } else if (condition.kind === 'recursion') {
    if (resolveReference(pattern, { name: condition.name }).length > 0) return;
    const number = Number(condition.name.slice(1));
    if (!condition.ampersand && number > 65535) throw new Refusal(161, node.at + 5);
    if (condition.ampersand || number > pattern.captureCount) throw new Refusal(115, node.at);
  }
}

/** Inner conditions are complete before outer ones, so they are judged first. */
function checkConditions(alternatives: Alternatives): void {
  for (const branch of alternatives)
    for (const node of branch) {
      checkConditions(alternativesOf(node));
      if (node.type !== 'conditional') continue;
      const count = node.alternatives.length;
      if (node.condition.kind === 'define') {
        if (count > 1) throw new Refusal(154, node.at);
      } else if (count > 2) {
        const byNumber = node.condition.kind === 'group' && 'number' in node.condition.to;
        throw new Refusal(127, byNumber ? node.at - 2 : node.at);
      }
    }
}
