import { validFor } from '../cache/freshness.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { invalidEntry, sendCached } from './cached-answer.ts';
import type { Exchange } from './exchange.ts';

const notModified = 304;
const internalError = 500;

/**
 * The upstream says that the expired answer is still the right one: it is sent, and good for as long as the 304, the answer itself
 * or `proxy_cache_valid` says (ngx_http_upstream_test_next). Null when that is not what happened.
 */
export function revalidated(cx: EngineContext, request: Request, exchange: Exchange): number | null {
  const { entry, settings } = exchange;
  if (entry === null || exchange.status !== notModified) return null;
  if (exchange.cacheStatus !== 'EXPIRED' || !settings.proxy_cache_revalidate) return null;
  const now = cx.seconds;
  let { validSec: valid, updatingSec: updating, errorSec: error } = entry;
  exchange.cacheStatus = 'REVALIDATED';
  const sent = sendCached(cx, request, exchange);
  if (valid === 0) ({ validSec: valid, updatingSec: updating, errorSec: error } = entry);
  if (valid === 0) {
    const seconds = validFor(settings.proxy_cache_valid, exchange.status);
    if (seconds !== 0) valid = now + seconds;
  }
  if (valid !== 0) {
    entry.validSec = valid;
    entry.updatingSec = updating;
    entry.errorSec = error;
    entry.date = now;
    entry.updateHeader();
  }
  entry.free();
  return sent === invalidEntry ? internalError : sent;
}
