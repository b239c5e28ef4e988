import type { CheckContext } from '../check-context.ts';
import { checkLimitZone, useLimitZone } from '../limit-zones.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { parseNumber } from '../values/number.ts';

const module = 'ngx_http_limit_req_module';

/** `rate=10r/s` */
function checkRate(value: string): string | null {
  const rate = parseNumber(value.slice('rate='.length).replace(/r\/[sm]$/, ''));
  return rate === null || rate <= 0 ? `invalid rate "${value}"` : null;
}

/** ngx_http_limit_req */
function limitReq(cx: CheckContext): Problem | null {
  let zone: number | null = null;
  for (let word = 0; word < cx.values.length; word++) {
    const value = cx.arg(word);
    const number = (name: string): number | null => parseNumber(value.slice(name.length));
    if (value.startsWith('zone=')) {
      zone = word;
    } else if (value.startsWith('burst=')) {
      if ((number('burst=') ?? 0) <= 0)
        return problem('invalid-value', `invalid burst value "${value}"`, { word });
    } else if (value.startsWith('delay=') && cx.since('1.15.7')) {
      if ((number('delay=') ?? 0) <= 0)
        return problem('invalid-value', `invalid delay value "${value}"`, { word });
    } else if (value !== 'nodelay') {
      return problem('invalid-parameter', `invalid parameter "${value}"`, {
        word,
        detail: 'It takes zone=, burst=, delay= and nodelay.',
      });
    }
  }
  if (zone === null) return problem('invalid-parameter', `"${cx.name}" must have "zone" parameter`);
  return useLimitZone(cx, cx.arg(zone).slice('zone='.length), module, zone);
}

/** ngx_http_limit_req_module.c */
export const httpLimitReqModule: ModuleChecks = {
  module,
  directives: {
    limit_req_zone: (cx) => checkLimitZone(cx, module, { 'rate=': checkRate }),
    limit_req: limitReq,
  },
};
