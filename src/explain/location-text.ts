import type { Location } from '../3-plan/schema.ts';

/** The modifier of a location as it is written: `=`, `^~`, `~`, `~*` or ''. The `@` of a named one belongs to its name. */
export function modifierOf({
  kind,
  caseless,
  noRegex,
}: Pick<Location, 'kind' | 'caseless' | 'noRegex'>): string {
  if (kind === 'exact') return '=';
  if (kind === 'regex') return caseless ? '~*' : '~';
  return noRegex ? '^~' : '';
}

/** The words behind `location`: `= /exact`, `~ ^/pattern`, `/prefix`. */
export function locationText({
  modifier,
  pattern,
}: {
  readonly modifier: string;
  readonly pattern: string;
}): string {
  return modifier === '' ? pattern : `${modifier} ${pattern}`;
}
