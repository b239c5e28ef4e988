import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { variablesIn } from '../../explain/causes/variables.ts';
import type { CheckContext } from '../context.ts';

/** A map that takes its value from a map and so on is followed this far. */
const deepest = 8;

/**
 * What a value with variables can become, in lower case: constants, and maps of constants all the way down. Null when it can
 * be anything.
 */
export function rangeOf(context: CheckContext, text: string, depth = 0): ReadonlySet<string> | null {
  const names = variablesIn(text);
  if (names.length === 0) return new Set([text.toLowerCase()]);
  const [name] = names;
  if (names.length > 1 || depth > deepest || !/^\$\{?\w+\}?$/.test(text)) return null;
  // A `set` may stand anywhere on the way, so only a value that nothing but a map gives is known.
  if (context.named('set').some((one) => one.values[0]?.toLowerCase() === `$${name}`)) return null;
  const map = context.named('map').find((one) => one.values[1]?.toLowerCase() === `$${name}`);
  return map === undefined ? null : rangeOfMap(context, map, depth);
}

function rangeOfMap(
  context: CheckContext,
  map: ResolvedDirective,
  depth: number,
): ReadonlySet<string> | null {
  const range = new Set<string>();
  const values = map.entries.filter(({ values }) => values.length === 1);
  if (!values.some(({ name }) => name.value === 'default' && name.quote === '')) range.add('');
  for (const entry of values) {
    // A value that repeats the key's own word is what the key lets through.
    const inner =
      rangeOf(context, entry.values[0]!, depth + 1) ?? passedThrough(map, entry.keyword, entry.values[0]!);
    if (inner === null) return null;
    for (const value of inner) range.add(value);
  }
  return range;
}

/** `websocket $http_upgrade;` and `~*^websocket$ $http_upgrade;` in a map of `$http_upgrade` let one word through. */
function passedThrough(map: ResolvedDirective, key: string, value: string): ReadonlySet<string> | null {
  if (map.values[0]?.toLowerCase() !== value.toLowerCase()) return null;
  const word = /^(?:~\*?\^)?([a-z0-9]+)\$?$/i.exec(key);
  if (word === null || (key.startsWith('~') && !key.endsWith('$')) || key === 'default') return null;
  return new Set([word[1]!.toLowerCase()]);
}
