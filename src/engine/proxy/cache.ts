import { CacheEntry } from '../cache/cache-entry.ts';
import { CacheIndex } from '../cache/cache-index.ts';
import { cacheKey } from '../cache/cache-key.ts';
import type { CacheZone } from '../cache/zone.ts';
import { noFiles } from '../cache/zone.ts';
import type { EngineContext } from '../context.ts';
import { header } from '../http/headers.ts';
import { again, declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { startSubrequest } from '../subrequest.ts';
import { traceAs } from '../trace.ts';
import { invalidEntry, sendCached } from './cached-answer.ts';
import type { CompiledCache } from './compile-cache.ts';
import { anyHolds } from '../template.ts';
import type { CompiledProxy } from './compile.ts';
import { directivePrefix } from './compile.ts';
import type { Target } from './target.ts';
import { Exchange } from './exchange.ts';
import { clockOf, leaveEarlier } from './leave-cache.ts';
import { upstreamUri } from './upstream-uri.ts';

const internalError = 500;
const stateKey = 'proxy_cache';

/** The exchange that the look into the cache began; null where none was begun. */
export function begunExchange(request: Request): Exchange | null {
  return (request.modules?.get(stateKey) as Exchange | undefined) ?? null;
}

/**
 * Looks into the cache (ngx_http_upstream_cache): {@link declined} to ask an upstream, {@link again} to wait for another request
 * that does so, otherwise the result of the handler.
 */
export function lookInCache(
  cx: EngineContext,
  request: Request,
  proxy: CompiledProxy,
  target: Target,
): number {
  const cache = proxy.cache!;
  let exchange = begunExchange(request);
  if (exchange === null) {
    if (!cache.methods.has(request.method)) return declined;
    const zone = findZone(cx, request, cache);
    if (typeof zone === 'number') return zone;
    leaveEarlier(cx, request);
    exchange = new Exchange(proxy, target, cx.world.monotonic());
    (request.modules ??= new Map()).set(stateKey, exchange);
    request.upstream = exchange;
    if (!beginEntry(cx, request, exchange, zone)) return declined;
  }
  if (exchange.lookedUp) return declined;
  const result = look(cx, request, exchange);
  if (request.trace !== null && exchange.lookedUp) {
    const prefix = directivePrefix(proxy);
    const { at } = request.location[prefix];
    traceAs(request, 'upstream', at[`${prefix}_cache`] ?? -1, `${prefix}_cache: ${exchange.cacheStatus}`);
  }
  return result;
}

/** ngx_http_upstream_cache_get */
function findZone(cx: EngineContext, request: Request, { zone }: CompiledCache): CacheZone | number {
  const name = zone.evaluate(request);
  if (name === '' || name === 'off') return declined;
  const found = zonesOf(cx).get(name);
  if (found !== undefined) return found;
  cx.world.log('error', `cache "${name}" not found`, request);
  return internalError;
}

/** The runtime's zones; without a runtime, zones in which nothing is ever found. */
function zonesOf(cx: EngineContext): ReadonlyMap<string, CacheZone> {
  return (
    cx.world.caches ??
    cx.once(stateKey, () => {
      const zones = cx.http.caches.map((path) => {
        const zone: CacheZone = { path, index: new CacheIndex(path.size, path.inactive), files: noFiles };
        return [path.name, zone] as const;
      });
      return new Map(zones);
    })
  );
}

/** Whether the cache is to be asked; otherwise the look is over. */
function beginEntry(cx: EngineContext, request: Request, exchange: Exchange, zone: CacheZone): boolean {
  const { settings, proxy } = exchange;
  exchange.lookedUp = true;
  if (request.method === 'HEAD' && settings.proxy_cache_convert_head) exchange.convertedMethod = 'GET';
  const key = cacheKey(proxy.cache!.key?.evaluate(request) ?? keyOfUrl(request, exchange));
  const entry = new CacheEntry(zone, key, {
    minUses: settings.proxy_cache_min_uses,
    lock: settings.proxy_cache_lock,
    lockTimeout: settings.proxy_cache_lock_timeout,
    lockAge: settings.proxy_cache_lock_age,
    bufferSize: settings.proxy_buffer_size,
    headers: request.headers,
    log: (level, message) => cx.world.log(level, message, request),
  });
  const needed = entry.headerStart + roomForHead;
  if (needed > settings.proxy_buffer_size) {
    cx.world.log(
      'error',
      `${directivePrefix(proxy)}_buffer_size ${settings.proxy_buffer_size} is not enough for cache key, ` +
        `it should be increased to at least ${Math.ceil(needed / 1024) * 1024}`,
      request,
    );
    return false;
  }
  exchange.entry = entry;
  exchange.headLimit -= entry.headerStart;
  exchange.cacheable = true;
  if (anyHolds(proxy.cache!.bypass, request)) {
    exchange.cacheStatus = 'BYPASS';
    return false;
  }
  exchange.cacheStatus = 'MISS';
  exchange.lookedUp = false;
  return true;
}

/** Bytes that a head needs beside the key. */
const roomForHead = 256;

/** ngx_http_proxy_create_key */
function keyOfUrl(request: Request, exchange: Exchange): string {
  // Only proxying has a key of its own.
  if (exchange.gateway !== null) return '';
  const { pass } = exchange.proxy;
  const { scheme, hostHeader, host } = exchange.target;
  const written = exchange.proxy.url === null ? pass.written : host;
  const socket = /^unix:[^:]*/.exec(written);
  return `${scheme}://${socket === null ? hostHeader : `${socket[0]}:`}${upstreamUri(request, exchange)}`;
}

/** One look, which may be the last of several (the rest of ngx_http_upstream_cache). */
function look(cx: EngineContext, request: Request, exchange: Exchange): number {
  const entry = exchange.entry!;
  const clock = clockOf(cx);
  let found = entry.open(clock);
  const updates = exchange.proxy.cache!.useStale.has('updating') || entry.staleUpdating;
  if (
    found === 'stale' &&
    updates &&
    !request.inBackground &&
    exchange.settings.proxy_cache_background_update
  ) {
    if (!updateInBackground(cx, request)) return internalError;
    exchange.cacheStatus = 'STALE';
    found = 'hit';
  } else if (found === 'updating') {
    found = updates && !request.inBackground ? 'hit' : 'stale';
    exchange.cacheStatus = 'UPDATING';
  } else if (found === 'hit') exchange.cacheStatus = 'HIT';
  if (found === 'wait') {
    request.action = 'delay';
    request.delay = entry.waitFor(clock);
    return again;
  }
  exchange.lookedUp = true;
  if (found === 'failed') return internalError;
  if (typeof found === 'number') {
    exchange.cacheStatus = 'HIT';
    entry.free();
    return found;
  }
  if (found === 'hit') {
    const sent = sendCached(cx, request, exchange);
    if (sent !== invalidEntry) return sent;
    exchange.cacheStatus = 'MISS';
  } else if (found === 'stale') {
    entry.forgetFreshness();
    exchange.cacheStatus = 'EXPIRED';
  } else if (found === 'scarce') exchange.cacheable = false;
  if (exchange.cacheable && refusesRange(request, exchange)) exchange.cacheable = false;
  return declined;
}

/** ngx_http_upstream_cache_background_update */
function updateInBackground(cx: EngineContext, request: Request): boolean {
  const child = startSubrequest(cx, request, request.uri, request.args, {
    headOnly: true,
    clones: true,
    background: true,
  });
  if (child === null) return false;
  (request.background ??= []).push(child);
  return true;
}

/** The client asks for a part so far behind that the whole is not fetched for it (ngx_http_upstream_cache_check_range). */
function refusesRange(request: Request, { settings }: Exchange): boolean {
  const limit = settings.proxy_cache_max_range_offset;
  const range = header(request.headers, 'range');
  if (range === undefined || limit === Number.MAX_SAFE_INTEGER) return false;
  if (limit === 0) return true;
  const match = /^bytes= *(-|\d+)/i.exec(range);
  if (match === null || range.length < 7) return false;
  return match[1] === '-' || Number(match[1]) >= limit;
}
