import type { CheckContext } from './check-context.ts';
import { directiveProblem, problem } from './problem.ts';
import type { Problem } from './problem.ts';
import { compileArgument } from './script.ts';
import { Slot } from './store.ts';
import { parseNumber } from './values/number.ts';
import { parseZone } from './zone-parameter.ts';
import { addZone } from './zones.ts';

/** A parameter of a `limit_…_zone` besides its zone: what is wrong with `value`, or null. */
export type ZoneParameters = Readonly<Record<string, (value: string) => string | null>>;

/** limit_conn_zone and limit_req_zone: a key and the zone that counts by it. `owner` is nginx's tag. */
export function checkLimitZone(cx: CheckContext, owner: string, parameters: ZoneParameters): Problem | null {
  const refused = compileArgument(cx, 0);
  if (refused !== null) return refused;
  let name = '';
  let size = 0;
  for (let word = 1; word < cx.values.length; word++) {
    const value = cx.arg(word);
    if (value.startsWith('zone=')) {
      const zone = parseZone(cx, word);
      if ('slug' in zone) return zone;
      ({ name, size } = zone);
      continue;
    }
    const key = Object.keys(parameters).find((each) => value.startsWith(each));
    const message = key === undefined ? `invalid parameter "${value}"` : parameters[key]!(value);
    if (message !== null) return problem('invalid-parameter', message, { word });
  }
  if (name === '') return problem('invalid-parameter', `"${cx.name}" must have "zone" parameter`);
  const added = addZone(cx, name, size, owner);
  if ('refused' in added) return added.refused;
  if (added.zone.data !== null)
    return problem(
      'duplicate',
      `${cx.name} "${name}" is already bound to key "${added.zone.data as string}"`,
      {
        related: [{ file: added.zone.node.file, span: added.zone.node, message: 'bound here' }],
      },
    );
  added.zone.data = cx.arg(0);
  return null;
}

/** What one level limits by already: directive and name of the zone. */
const limitedBySlot = new Slot('limits', () => new Set<string>());

/** Refers to a zone, which each level may do once for a directive. */
export function useLimitZone(cx: CheckContext, name: string, owner: string, word: number): Problem | null {
  const added = addZone(cx, name, 0, owner, word);
  if ('refused' in added) return added.refused;
  const used = cx.block.store.get(limitedBySlot);
  const key = `${cx.name} ${name}`;
  if (used.has(key)) return directiveProblem(cx.name, 'duplicate', 'is duplicate', { word });
  used.add(key);
  return null;
}

/** ngx_http_limit_conn and ngx_stream_limit_conn */
export function checkLimitConn(cx: CheckContext, owner: string): Problem | null {
  const refused = useLimitZone(cx, cx.arg(0), owner, 0);
  if (refused !== null) return refused;
  const count = parseNumber(cx.arg(1));
  if (count === null || count <= 0)
    return problem('invalid-value', `invalid number of connections "${cx.arg(1)}"`, { word: 1 });
  return count > 65535 ? problem('invalid-value', 'connection limit must be less 65536', { word: 1 }) : null;
}
