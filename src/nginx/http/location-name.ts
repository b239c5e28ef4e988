import type { LocationModifier } from '../../1-syntax/ast.ts';
import type { BlockState } from '../check-context.ts';

export interface LocationName {
  readonly modifier: LocationModifier;
  readonly name: string;
}

/** Modifier and name of a `location` block; null for other blocks. */
export function locationName(block: BlockState): LocationName | null {
  const { opener } = block;
  if (opener?.type !== 'location' || opener.pattern === null) return null;
  return { modifier: opener.modifier, name: opener.pattern };
}

/** Whether the location is one with a regular expression. */
export function isRegex({ modifier }: LocationName): boolean {
  return modifier === '~' || modifier === '~*';
}

/** The location that a block belongs to: itself, or the one around an `if` or a `limit_except`. */
export function enclosingLocation(block: BlockState): LocationName | null {
  for (let level: BlockState | null = block; level !== null; level = level.parent) {
    if (level.context === 'location') return locationName(level);
    if (level.context === 'server') return null;
  }
  return null;
}
