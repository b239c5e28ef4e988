import type { ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import { referencesIn } from './variables.ts';

/** What a variable is made of: texts that may hold other variables, or null where only the run time knows. */
export type Definitions = ReadonlyMap<string, readonly (string | null)[]>;

/** The values that `set`, `map`, `geo` and `split_clients` give to each variable, by name in lower case. */
export function definitions(config: ResolvedConfig): Definitions {
  const found = new Map<string, (string | null)[]>();
  const add = (name: string | undefined, value: string | null): void => {
    if (name === undefined || !name.startsWith('$')) return;
    const key = name.slice(1).toLowerCase();
    const list = found.get(key);
    if (list === undefined) found.set(key, [value]);
    else list.push(value);
  };
  for (const { values } of config.named('set')) add(values[0], values[1] ?? '');
  for (const name of ['map', 'geo', 'split_clients'])
    for (const { node } of config.named(name))
      if (node.type === 'map' || node.type === 'geo' || node.type === 'split_clients')
        for (const entry of node.block.items)
          if (entry.keyword === 'include') add(node.variable?.value, null);
          else if (entry.values.length > 0) add(node.variable?.value, entry.values[0]!);
  return found;
}

/**
 * The variable at the bottom of `text` that a client chooses freely, following definitions; null when there is none.
 * `chosen` tells which built-in variables those are.
 */
export function clientChosen(
  text: string,
  known: Definitions,
  chosen: (name: string) => boolean,
  visited: ReadonlySet<string> = new Set(),
): string | null {
  for (const { name } of referencesIn(text)) {
    if (visited.has(name)) continue;
    const values = known.get(name);
    if (values === undefined) {
      if (chosen(name)) return name;
      continue;
    }
    for (const value of values) {
      if (value === null) continue;
      const found = clientChosen(value, known, chosen, new Set([...visited, name]));
      if (found !== null) return found;
    }
  }
  return null;
}
