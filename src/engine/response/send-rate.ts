import type { Template } from '../../3-plan/schema.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

const scales: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A size known at run time; what cannot be read counts as 0 (ngx_http_complex_value_size). */
function sizeOf(text: string): number {
  const match = /^(\d+)([kmg]?)$/i.exec(text);
  return match === null ? 0 : Number(match[1]) * scales[match[2]!.toLowerCase()]!;
}

/** The bytes that a setting with variables means for this request. */
export function sizeAtRunTime(cx: EngineContext, request: Request, template: Template): number {
  return template === '0' ? 0 : sizeOf(cx.template(template).evaluate(request));
}

const unlimited = { rate: 0, after: 0 };

/** `X-Accel-Limit-Rate`, `$limit_rate`, or `limit_rate`, with `limit_rate_after`. From now on `$limit_rate` says it (ngx_http_write_filter). */
export function sendRate(cx: EngineContext, request: Request): { rate: number; after: number } {
  const { core } = request.location;
  const own = request.limitRate ?? (request.upstream?.limitRate || null);
  const rate = own ?? sizeAtRunTime(cx, request, core.limit_rate);
  request.limitRate = rate;
  return rate === 0 ? unlimited : { rate, after: sizeAtRunTime(cx, request, core.limit_rate_after) };
}
