import { lowerCase } from '../algorithms/lower-case.ts';
import type { HttpPlan } from '../../3-plan/schema.ts';
import { NameTable } from '../algorithms/name-table.ts';
import type { CompiledRegex, EngineContext } from '../context.ts';
import type { Evaluator } from '../template.ts';

type Map = HttpPlan['maps'][number];

/** Variables of ngx_http_map_module. */
export function defineMaps(cx: EngineContext): void {
  for (const map of cx.http.maps) {
    let evaluate: Evaluator | null = null;
    // Compiled at the first use: a map may use variables that are defined after it.
    cx.variables.define(map.variable, {
      cached: !map.volatile,
      get: (request) => (evaluate ??= compileMap(cx, map))(request),
    });
  }
}

/** ngx_http_map_find: exact keys, then wildcards, both without regard to case, then patterns in their order. */
function compileMap(cx: EngineContext, map: Map): Evaluator {
  const source = cx.template(map.source).evaluate;
  const fallback = cx.template(map.default).evaluate;
  const names = new NameTable<Evaluator>();
  const patterns: { regex: CompiledRegex; value: Evaluator }[] = [];
  for (const { key, hostname, value } of map.entries) {
    const result = cx.template(value).evaluate;
    if (typeof key !== 'string') patterns.push({ regex: cx.regex(key), value: result });
    else if (hostname) names.add(key, result);
    else names.addExact(key, result);
  }
  return (request) => {
    let text = source(request);
    if (map.hostnames && text.endsWith('.')) text = text.slice(0, -1);
    const named = names.find(lowerCase(text));
    if (named !== undefined) return named(request);
    if (text !== '')
      for (const { regex, value } of patterns) if (regex.exec(request, text)) return value(request);
    return fallback(request);
  };
}
