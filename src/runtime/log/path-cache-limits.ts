import { parseSeconds } from '../../text/time.ts';
import type { PathCacheLimits } from './path-cache.ts';

/** The words of `open_log_file_cache` as numbers; null when it is off (ngx_http_log_open_file_cache). */
export function pathCacheLimits(words: readonly string[]): PathCacheLimits | null {
  if (words.length === 0 || words.includes('off')) return null;
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    max: Number(value('max') ?? 0),
    inactive: parseSeconds(value('inactive') ?? '10') ?? 0,
    valid: parseSeconds(value('valid') ?? '60') ?? 0,
    minUses: Number(value('min_uses') ?? 1),
  };
}
