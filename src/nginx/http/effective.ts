import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState } from '../check-context.ts';

/** The first directive called `name` at `level` or, where it has none, at the nearest level around it. */
export function effective(level: BlockState, name: string): Directive | undefined {
  for (let at: BlockState | null = level; at !== null; at = at.parent) {
    const node = at.first(name);
    if (node !== undefined) return node;
  }
  return undefined;
}

/** All directives called `name` at the nearest level that has any: an inherited list. */
export function effectiveAll(level: BlockState, name: string): readonly Directive[] {
  for (let at: BlockState | null = level; at !== null; at = at.parent) {
    const nodes = at.all(name);
    if (nodes.length > 0) return nodes;
  }
  return [];
}

/** Whether `level` brings something that its parent had not: what it merely inherits was judged there. */
export function hasOwn(level: BlockState, names: readonly string[]): boolean {
  return names.some((name) => hasOwnOf(level, name));
}

/** {@link hasOwn} for one directive. */
export function hasOwnOf(level: BlockState, name: string): boolean {
  if (level.first(name) !== undefined) return true;
  return level.context === 'server' && level.parent?.first(name) !== undefined;
}
