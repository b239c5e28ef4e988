import type { HttpPlan } from '../../3-plan/schema.ts';
import { NameTable } from '../algorithms/name-table.ts';
import { compileRegex } from '../regex.ts';
import type { Evaluator } from '../template.ts';
import { compileTemplate } from '../template.ts';
import type { Variables } from '../variables/variables.ts';

type Map = HttpPlan['maps'][number];

/** Variables of ngx_http_map_module. */
export function defineMaps(maps: readonly Map[], variables: Variables): void {
  for (const map of maps) {
    let evaluate: Evaluator | null = null;
    // Compiled at the first use: a map may use variables that are defined after it.
    variables.define(map.variable, {
      cached: !map.volatile,
      get: (request) => (evaluate ??= compileMap(map, variables))(request),
    });
  }
}

/** ngx_http_map_find: exact keys, then wildcards, both without regard to case, then patterns in their order. */
function compileMap(map: Map, variables: Variables): Evaluator {
  const source = compileTemplate(map.source, variables).evaluate;
  const fallback = compileTemplate(map.default, variables).evaluate;
  const names = new NameTable<Evaluator>();
  const patterns: { matches: ReturnType<typeof compileRegex>; value: Evaluator }[] = [];
  for (const { key, value } of map.entries) {
    const result = compileTemplate(value, variables).evaluate;
    if (typeof key !== 'string') patterns.push({ matches: compileRegex(key, variables), value: result });
    else if (map.hostnames) names.add(key, result);
    else names.addExact(key, result);
  }
  return (request) => {
    let text = source(request);
    if (map.hostnames && text.endsWith('.')) text = text.slice(0, -1);
    const named = names.find(lowerCase(text));
    if (named !== undefined) return named(request);
    if (text !== '')
      for (const { matches, value } of patterns) if (matches(request, text)) return value(request);
    return fallback(request);
  };
}

/** ASCII lower case; other bytes stay. */
function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
