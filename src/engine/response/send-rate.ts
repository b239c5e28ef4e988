import type { Template } from '../../3-plan/schema.ts';
import { parseSize } from '../algorithms/parse-size.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

/**
 * The bytes that a setting with variables means for this request; 0 for what is no size, which the error log tells
 * (ngx_http_complex_value_size).
 */
export function sizeAtRunTime(cx: EngineContext, request: Request, template: Template): number {
  if (template === '0') return 0;
  const text = cx.template(template).evaluate(request);
  const size = parseSize(text);
  if (size === null) cx.world.log('error', `invalid size "${text}"`, request);
  return size ?? 0;
}

const unlimited = { rate: 0, after: 0 };

/** `X-Accel-Limit-Rate`, `$limit_rate`, or `limit_rate`, with `limit_rate_after`. From now on `$limit_rate` says it (ngx_http_write_filter). */
export function sendRate(cx: EngineContext, request: Request): { rate: number; after: number } {
  const { core } = request.location;
  const rate = request.limitRate ?? sizeAtRunTime(cx, request, core.limit_rate);
  request.limitRate = rate;
  return rate === 0 ? unlimited : { rate, after: sizeAtRunTime(cx, request, core.limit_rate_after) };
}
