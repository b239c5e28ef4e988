import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseOffset, parseSize } from '../../nginx/values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import type { CachePath, CacheValid } from '../schema/cache.ts';
import type { Template } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { accessMode, word, words } from './lowering.ts';

/** Modules that pass requests on and take their answers for web pages. */
export type Passer = 'proxy' | 'fastcgi' | 'uwsgi' | 'scgi';

/** What the cache keeps and where (ngx_http_file_cache.c), and `…_store`, for the directives of one module. */
export function cacheLowerings(module: Passer): Lowerings {
  const cache = `${module}_cache`;
  const store = `${module}_store`;
  const access = `${module}_store_access`;
  const predicates =
    (name: string): DirectiveLowering =>
    (_cx, level, directive) => {
      const list = level.list<Template>(module, name, directive);
      for (const text of words(directive)) list.push(parseTemplate(text));
    };
  return {
    [`${cache}_path`]: (cx, _level, directive) => {
      const path = readCachePath(directive);
      const full = cx.path(word(directive, 0).replace(/(?<=.)\/$/, ''));
      cx.http.caches.push({ ...path, path: full, origin: cx.origin(directive) });
    },
    // One of them puts an end to the other one of an outer level (ngx_http_proxy_merge_loc_conf).
    [cache](_cx, level, directive) {
      const zone = word(directive, 0);
      level.set(module, cache, zone === 'off' ? null : parseTemplate(zone), directive);
      if (zone !== 'off') level.set(module, store, null, directive);
    },
    [store](_cx, level, directive) {
      const path = word(directive, 0);
      const stored = path === 'on' ? { path: null } : { path: parseTemplate(path) };
      level.set(module, store, path === 'off' ? null : stored, directive);
      if (path !== 'off') level.set(module, cache, null, directive);
    },
    [access]: (_cx, level, directive) => level.set(module, access, accessMode(words(directive)), directive),
    [`${cache}_key`]: (_cx, level, directive) =>
      level.set(module, `${cache}_key`, parseTemplate(word(directive, 0)), directive),
    [`${cache}_valid`](_cx, level, directive) {
      const list = level.list<CacheValid>(module, `${cache}_valid`, directive);
      const statuses = words(directive);
      const seconds = parseSeconds(statuses.pop() ?? '') ?? 0;
      for (const status of statuses.length === 0 ? ['200', '301', '302'] : statuses)
        list.push({ status: status === 'any' ? 0 : Number(status), seconds });
    },
    [`${cache}_bypass`]: predicates(`${cache}_bypass`),
    [`${module}_no_cache`]: predicates(`${module}_no_cache`),
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
