import type { infer as Infer } from 'zod';
import { z } from './z.ts';
import { bitmask, custom, flag, msec, number, offset, origin, template } from './setting.ts';

/** One `proxy_cache_path`. */
export const cachePath = z.strictObject({
  /** The zone of `keys_zone=`, and its size in bytes. */
  name: z.string(),
  size: z.int(),
  /** Absolute, without a slash at its end. */
  path: z.string(),
  levels: z.array(z.int()),
  /** Bytes; null: unlimited. */
  maxSize: z.int().nullable(),
  /** Bytes; 0: not looked at. */
  minFree: z.int(),
  /** Seconds. */
  inactive: z.int(),
  useTempPath: z.boolean(),
  /** Files that are worked on at a time, milliseconds to rest after them, and to work at most. */
  loader: z.strictObject({ files: z.int(), sleep: z.int(), threshold: z.int() }),
  manager: z.strictObject({ files: z.int(), sleep: z.int(), threshold: z.int() }),
  origin,
});
export type CachePath = Infer<typeof cachePath>;

/** How long an answer with `status` (0: any) is good for, in seconds. */
const cacheValid = z.strictObject({ status: z.int(), seconds: z.int() });
export type CacheValid = Infer<typeof cacheValid>;

/** The part of ngx_http_proxy_module's settings that is about keeping answers. */
export const proxyCacheTable = {
  /** The zone; null when off. */
  proxy_cache: custom(template.nullable(), null),
  /** Null: made from the URL that the request is passed to. */
  proxy_cache_key: custom(template.nullable(), null),
  proxy_cache_valid: custom(z.array(cacheValid), []),
  /** Beside GET and HEAD. */
  proxy_cache_methods: bitmask(['GET', 'HEAD', 'POST'], []),
  proxy_cache_min_uses: number(1),
  proxy_cache_lock: flag(false),
  proxy_cache_lock_timeout: msec(5000),
  proxy_cache_lock_age: msec(5000),
  proxy_cache_use_stale: bitmask(
    [
      'error',
      'timeout',
      'invalid_header',
      'updating',
      'http_500',
      'http_502',
      'http_503',
      'http_504',
      'http_403',
      'http_404',
      'http_429',
      'off',
    ],
    [],
  ),
  proxy_cache_background_update: flag(false),
  proxy_cache_revalidate: flag(false),
  proxy_cache_convert_head: flag(true),
  /** Bytes; the default stands for no limit. */
  proxy_cache_max_range_offset: offset(Number.MAX_SAFE_INTEGER),
  /** A value other than '' and `0` makes the cache be passed over, or the answer not be kept. */
  proxy_cache_bypass: custom(z.array(template), []),
  proxy_no_cache: custom(z.array(template), []),
  /** Null when off; a path of null is the file that the URI maps to. */
  proxy_store: custom(z.strictObject({ path: template.nullable() }).nullable(), null),
  /** Mode of the files; the directories get `x` beside each `r`. */
  proxy_store_access: custom(z.int(), 0o600),
};
