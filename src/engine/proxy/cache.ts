import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import type { Exchange } from './exchange.ts';

/**
 * ngx_http_upstream_cache, up to where it looks into the cache. Nothing is stored here, so it is never found: the upstream is asked
 * for a whole answer, and the client's conditions and ranges are applied to that.
 */
export function useCache(request: Request, exchange: Exchange): void {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD' && !exchange.settings.proxy_cache_methods.includes(method))
    return;
  const zone = exchange.proxy.cache?.evaluate(request) ?? '';
  if (zone === '' || zone === 'off') return;
  exchange.cacheable = true;
  exchange.cacheStatus = 'MISS';
}

/** Whether nginx could store the answer: it applies the conditions and ranges of clients to such answers only. */
export function mayBeStored({ headers, settings }: Exchange): boolean {
  const ignored = settings.proxy_ignore_headers;
  const value = (name: string): string | undefined =>
    ignored.includes(name) ? undefined : header(headers, name.toLowerCase());
  if (value('Set-Cookie') !== undefined || value('Vary') === '*') return false;
  const expires = value('X-Accel-Expires');
  if (expires !== undefined) return expires !== '0';
  return !/\b(?:no-cache|no-store|private)\b/i.test(value('Cache-Control') ?? '');
}
