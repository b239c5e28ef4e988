import type { StoreJob } from '../api.ts';
import type { StoredFile } from '../cache/zone.ts';
import { validFor } from '../cache/freshness.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import { mapUriToPath } from '../static/path.ts';
import { parseHttpDate } from '../algorithms/http-date.ts';
import { header } from '../http/headers.ts';
import { anyHolds } from '../template.ts';
import { clockOf, leaveCache } from './leave-cache.ts';
import type { Exchange } from './exchange.ts';
import { exchangeOf } from './exchange.ts';

/** Mode of what is in a cache: for its owner alone. */
const privateFile = 0o600;

/** Where the answer, whose head was just written, goes besides the client; null: nowhere (ngx_http_upstream_send_response). */
export function storeJob(cx: EngineContext, request: Request): StoreJob | null {
  const exchange = exchangeOf(request);
  if (exchange.entry !== null) return cacheJob(cx, request, exchange);
  if (!exchange.storing || !exchange.buffering) return null;
  const { settings } = exchange;
  return {
    start: '',
    path: () => exchange.proxy.storePath?.evaluate(request) ?? mapUriToPath(request, request.uri) ?? '',
    temporary: settings.proxy_temp_path,
    access: settings.proxy_store_access,
    modified: parseHttpDate(header(exchange.headers, 'last-modified') ?? '') ?? -1,
    length: exchange.declaredLength,
    complete: exchange.status === 200,
  };
}

function cacheJob(cx: EngineContext, request: Request, exchange: Exchange): StoreJob | null {
  const entry = exchange.entry!;
  const clock = clockOf(cx);
  entry.closeFile();
  if (!exchange.buffering) exchange.cacheable = false;
  else if (anyHolds(exchange.proxy.cache!.noCache, request)) exchange.cacheable = false;
  else if (exchange.cacheStatus === 'BYPASS' && !entry.create(clock)) exchange.cacheable = false;
  if (exchange.cacheable && entry.validSec === 0) {
    const seconds = validFor(exchange.settings.proxy_cache_valid, exchange.status);
    if (seconds === 0) exchange.cacheable = false;
    else entry.validSec = clock.seconds + seconds;
  }
  if (!exchange.cacheable) {
    leaveCache(cx, exchange, 0);
    return null;
  }
  const whole = exchange.status === 200 || exchange.status === 206;
  entry.date = clock.seconds;
  entry.lastModified = whole ? (parseHttpDate(header(exchange.headers, 'last-modified') ?? '') ?? -1) : -1;
  entry.etag = whole ? (header(exchange.headers, 'etag') ?? '') : '';
  const start = entry.startFile(exchange.rawHead, clock.seconds);
  return {
    start,
    path: () => entry.name,
    temporary: entry.zone.path.useTempPath ? exchange.settings.proxy_temp_path : null,
    access: privateFile,
    modified: -1,
    length: -1,
    complete: true,
  };
}

/** The job is done, with a file in its place, or without. */
export function stored(cx: EngineContext, request: Request, file: StoredFile | null): void {
  const exchange = exchangeOf(request);
  exchange.storing = false;
  if (exchange.entry === null) return;
  if (file === null) leaveCache(cx, exchange, 0);
  else exchange.entry.stored(file);
}
