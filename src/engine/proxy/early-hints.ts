import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { Exchange } from './exchange.ts';
import { anyHolds } from '../template.ts';

const http11 = 1001;

/** Makes a 103 for the client of one from the upstream, where `early_hints` lets it through (ngx_http_upstream_process_early_hints). */
export function passEarlyHints(
  cx: EngineContext,
  request: Request,
  exchange: Exchange,
  headers: readonly string[],
): void {
  const { early_hints: conditions } = request.location.core;
  if (conditions.length === 0 || request !== request.main || request.httpVersion < http11) return;
  const compiled = cx.once(conditions, () => conditions.map((condition) => cx.template(condition)));
  if (!anyHolds(compiled, request)) return;
  const { hidden } = exchange.proxy.rules;
  let text = '';
  for (let at = 0; at < headers.length; at += 3)
    if (!hidden.has(headers[at + 1]!)) text += `${headers[at]}: ${headers[at + 2]}\r\n`;
  if (text !== '') exchange.earlyHints += `HTTP/1.1 103 Early Hints\r\n${text}\r\n`;
}
