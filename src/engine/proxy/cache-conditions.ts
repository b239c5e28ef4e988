import { printHttpDate } from '../algorithms/http-date.ts';
import type { CacheEntry } from '../cache/cache-entry.ts';
import type { Exchange } from './exchange.ts';

/** The entry whose answer has expired, where the upstream may be asked whether it has changed; else null. */
function expired({ settings, cacheStatus, entry }: Exchange): CacheEntry | null {
  return settings.proxy_cache_revalidate && cacheStatus === 'EXPIRED' ? entry : null;
}

/** `$upstream_cache_last_modified`; null without. */
export function cacheLastModified(exchange: Exchange): string | null {
  const entry = expired(exchange);
  return entry === null || entry.lastModified === -1 ? null : printHttpDate(entry.lastModified);
}

/** `$upstream_cache_etag`; null without. */
export function cacheEtag(exchange: Exchange): string | null {
  return expired(exchange)?.etag || null;
}
