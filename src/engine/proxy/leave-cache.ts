import type { Clock } from '../cache/cache-entry.ts';
import { validFor } from '../cache/freshness.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { Exchange } from './exchange.ts';
import { exchangeOf } from './exchange.ts';

/** The times that entries of a cache go by. */
export function clockOf(cx: EngineContext): Clock {
  return { seconds: cx.seconds, milliseconds: cx.world.monotonic() };
}

/**
 * The exchange ends without an answer that could be kept: lets go of the entry, which may keep the status (the end of
 * ngx_http_upstream_finalize_request).
 *
 * @param status 502 and 504 may be kept; 0 for none
 */
export function leaveCache(cx: EngineContext, exchange: Exchange, status: number): void {
  const { entry, settings } = exchange;
  if (entry === null) return;
  if (exchange.cacheable && (status === 502 || status === 504)) {
    const valid = validFor(settings.proxy_cache_valid, status);
    if (valid !== 0) {
      entry.validSec = cx.seconds + valid;
      entry.error = status;
    }
  }
  entry.free();
  entry.closeFile();
}

/** Another exchange begins, after an internal redirect. */
export function leaveEarlier(cx: EngineContext, request: Request): void {
  if (request.upstream !== null) leaveCache(cx, exchangeOf(request), 0);
}

/** `proxy_intercept_errors` takes over: the status may be kept in place of the answer (ngx_http_upstream_intercept_errors). */
export function keepStatus(cx: EngineContext, exchange: Exchange, status: number): void {
  const { entry, settings } = exchange;
  if (entry === null) return;
  if (entry.noCache || entry.expired) exchange.cacheable = false;
  if (exchange.cacheable) {
    const valid = validFor(settings.proxy_cache_valid, status);
    if (entry.validSec === 0 && valid !== 0) entry.validSec = cx.seconds + valid;
    if (entry.validSec !== 0) entry.error = status;
  }
  entry.free();
  entry.closeFile();
}
