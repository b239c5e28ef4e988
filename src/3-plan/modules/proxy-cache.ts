import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseOffset, parseSize } from '../../nginx/values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../nginx/values/time.ts';
import type { CachePath, CacheValid } from '../schema/cache.ts';
import type { Template } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { accessMode, word, words } from './lowering.ts';

/** What the cache keeps and where (ngx_http_file_cache.c), and `proxy_store`. */
export const proxyCacheLowerings: Lowerings = {
  proxy_cache_path: (cx, _level, directive) => {
    const path = readCachePath(directive);
    const full = cx.path(word(directive, 0).replace(/(?<=.)\/$/, ''));
    cx.http.caches.push({ ...path, path: full, origin: cx.origin(directive) });
  },
  // One of them puts an end to the other one of an outer level (ngx_http_proxy_merge_loc_conf).
  proxy_cache(_cx, level, directive) {
    const zone = word(directive, 0);
    level.set('proxy', 'proxy_cache', zone === 'off' ? null : parseTemplate(zone), directive);
    if (zone !== 'off') level.set('proxy', 'proxy_store', null, directive);
  },
  proxy_store(_cx, level, directive) {
    const path = word(directive, 0);
    const stored = path === 'on' ? { path: null } : { path: parseTemplate(path) };
    level.set('proxy', 'proxy_store', path === 'off' ? null : stored, directive);
    if (path !== 'off') level.set('proxy', 'proxy_cache', null, directive);
  },
  proxy_store_access: (_cx, level, directive) =>
    level.set('proxy', 'proxy_store_access', accessMode(words(directive)), directive),
  proxy_cache_key: (_cx, level, directive) =>
    level.set('proxy', 'proxy_cache_key', parseTemplate(word(directive, 0)), directive),
  proxy_cache_valid(_cx, level, directive) {
    const list = level.list<CacheValid>('proxy', 'proxy_cache_valid', directive);
    const statuses = words(directive);
    const seconds = parseSeconds(statuses.pop() ?? '') ?? 0;
    for (const status of statuses.length === 0 ? ['200', '301', '302'] : statuses)
      list.push({ status: status === 'any' ? 0 : Number(status), seconds });
  },
  proxy_cache_bypass: predicates('proxy_cache_bypass'),
  proxy_no_cache: predicates('proxy_no_cache'),
};

function predicates(name: 'proxy_cache_bypass' | 'proxy_no_cache'): DirectiveLowering {
  return (_cx, level, directive) => {
    const list = level.list<Template>('proxy', name, directive);
    for (const text of words(directive)) list.push(parseTemplate(text));
  };
}

/** ngx_http_file_cache_set_slot */
function readCachePath(directive: ResolvedDirective): Omit<CachePath, 'path' | 'origin'> {
  const values = new Map(
    words(directive)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const),
  );
  const value = (name: string): string => values.get(name) ?? '';
  const zone = value('keys_zone');
  const colon = zone.lastIndexOf(':');
  const pace = (who: string) => ({
    files: parseNumber(value(`${who}_files`)) ?? 100,
    sleep: parseMilliseconds(value(`${who}_sleep`)) ?? 50,
    threshold: parseMilliseconds(value(`${who}_threshold`)) ?? 200,
  });
  return {
    name: zone.slice(0, colon),
    size: parseSize(zone.slice(colon + 1)) ?? 0,
    levels: value('levels') === '' ? [] : value('levels').split(':').map(Number),
    maxSize: values.has('max_size') ? parseOffset(value('max_size')) : null,
    minFree: parseOffset(value('min_free')) ?? 0,
    inactive: parseSeconds(value('inactive')) ?? 600,
    useTempPath: value('use_temp_path') !== 'off',
    loader: pace('loader'),
    manager: pace('manager'),
  };
}
