import type { BlockState, CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import { addDirectory } from '../paths.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { compileArgument, compileScript, hasVariables } from '../script.ts';
import { parseNumber } from '../values/number.ts';
import { parseOffset, parseSize } from '../values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import { addZone, pageSize, zonesOf } from '../zones.ts';
import { effective, hasOwnOf } from './effective.ts';

/** `PREFIX_cache…` and `PREFIX_store` of the modules that pass requests on (ngx_http_file_cache.c). */

/** `proxy_store`; `prefix` is `proxy`. */
export function checkStore(cx: CheckContext, prefix: string): Problem | null {
  const refused = duplicate(cx);
  const value = cx.arg(0);
  if (refused !== null || value === 'off') return refused;
  if (cx.block.all(`${prefix}_cache`).some((node) => node.values[0] !== 'off'))
    return directiveProblem(cx.name, 'conflict', `is incompatible with "${prefix}_cache"`);
  if (value === '' && cx.since('1.29.2')) return problem('invalid-value', 'empty path', { word: 0 });
  return value === 'on' ? null : compileArgument(cx, 0);
}

/** `proxy_cache`: refers to a zone that `proxy_cache_path` may define later. */
export function checkCache(cx: CheckContext, prefix: string): Problem | null {
  const refused = duplicate(cx);
  const value = cx.arg(0);
  if (refused !== null || value === 'off') return refused;
  if (cx.block.all(`${prefix}_store`).some((node) => node.values[0] !== 'off'))
    return directiveProblem(cx.name, 'conflict', `is incompatible with "${prefix}_store"`);
  const wrong = compileScript(cx, value, 0);
  if (wrong !== null || hasVariables(value)) return wrong;
  const added = addZone(cx, value, 0, `ngx_http_${prefix}_module`);
  return 'refused' in added ? added.refused : null;
}

const cachePathParameter =
  /^(levels|use_temp_path|keys_zone|inactive|max_size|min_free|(?:loader|manager)_(?:files|sleep|threshold))=(.*)$/s;

/** One or two digits of 1 or 2 at most three times, with colons between (ngx_http_file_cache_set_slot). */
const levelsPattern = /^[12](?::[12]){0,2}$/;

const smallestKeysZone = 2 * pageSize;

interface CachePath {
  levels: readonly number[];
  zone: string;
  size: number;
}

/** Judges one parameter of `proxy_cache_path` and keeps what matters. */
function cacheParameter(cx: CheckContext, text: string, word: number, path: CachePath): Problem | null {
  const refuse = (message: string): Problem => problem('invalid-parameter', message, { word });
  const [, name, value = ''] = cachePathParameter.exec(text) ?? [];
  switch (name) {
    case 'levels':
      if (value !== '' && !levelsPattern.test(value)) return refuse(`invalid "levels" "${text}"`);
      path.levels = value === '' ? [] : value.split(':').map(Number);
      return null;
    case 'use_temp_path':
      return value === 'on' || value === 'off'
        ? null
        : refuse(`invalid use_temp_path value "${text}", it must be "on" or "off"`);
    case 'keys_zone': {
      const colon = value.indexOf(':');
      const size = colon === -1 ? null : parseSize(value.slice(colon + 1));
      if (size === null) return refuse(`invalid keys zone size "${text}"`);
      if (size < smallestKeysZone) return refuse(`keys zone "${text}" is too small`);
      path.zone = value.slice(0, colon);
      path.size = size;
      return null;
    }
    case 'inactive':
      return parseSeconds(value) === null ? refuse(`invalid inactive value "${text}"`) : null;
    case 'max_size':
      return parseOffset(value) === null ? refuse(`invalid max_size value "${text}"`) : null;
    case 'min_free':
      if (!cx.since('1.19.1')) return refuse(`invalid parameter "${text}"`);
      return parseOffset(value) === null ? refuse(`invalid min_free value "${text}"`) : null;
    case 'loader_files':
    case 'manager_files':
      return parseNumber(value) === null ? refuse(`invalid ${name} value "${text}"`) : null;
    case undefined:
      return refuse(`invalid parameter "${text}"`);
    default:
      return parseMilliseconds(value) === null ? refuse(`invalid ${name} value "${text}"`) : null;
  }
}

/** `proxy_cache_path` (ngx_http_file_cache_set_slot) */
export function checkCachePath(cx: CheckContext, prefix: string): Problem | null {
  const path: CachePath = { levels: [], zone: '', size: 0 };
  for (let word = 1; word < cx.values.length; word++) {
    const refused = cacheParameter(cx, cx.arg(word), word, path);
    if (refused !== null) return refused;
  }
  if (path.zone === '' || path.size === 0)
    return problem('invalid-parameter', `"${cx.name}" must have "keys_zone" parameter`);
  const refused = addDirectory(cx, cx.arg(0), path.levels, cx.node);
  if (refused !== null) return refused;
  const added = addZone(cx, path.zone, path.size, `ngx_http_${prefix}_module`);
  if ('refused' in added) return added.refused;
  if (added.zone.data !== null) return problem('duplicate', `duplicate zone "${path.zone}"`);
  added.zone.data = cx.node;
  return null;
}

/** `proxy_cache_valid` (ngx_http_file_cache_valid_set_slot) */
export function checkCacheValid(cx: CheckContext): Problem | null {
  const last = cx.values.length - 1;
  if (parseSeconds(cx.arg(last)) === null)
    return problem('invalid-value', `invalid time value "${cx.arg(last)}"`, { word: last });
  for (let word = 0; word < last; word++) {
    if (cx.arg(word) === 'any') continue;
    const status = parseNumber(cx.arg(word));
    if (status === null || status < 100 || status > 599)
      return problem('invalid-value', `invalid status "${cx.arg(word)}"`, { word });
  }
  return null;
}

/** `proxy_cache_key` */
export function checkCacheKey(cx: CheckContext): Problem | null {
  return duplicate(cx) ?? compileArgument(cx, 0);
}

/** `"proxy_cache" zone "x" is unknown`: nothing defined the zone that a level uses. @param name such as `proxy_cache` */
export function mergeCacheZone(cx: CheckContext, level: BlockState, name: string): void {
  if (cx.fragment || !cx.seen.has(name) || !hasOwnOf(level, name)) return;
  const node = effective(level, name);
  const value = node?.values[0] ?? 'off';
  if (value === 'off' || hasVariables(value)) return;
  const zone = zonesOf(cx).get(value);
  if (zone === undefined || zone.data !== null || zone.reported) return;
  zone.reported = true;
  cx.report(
    problem('zone-undefined', `"${name}" zone "${value}" is unknown`, {
      node,
      word: 0,
      detail: `No ${name}_path has keys_zone=${value}.`,
    }),
  );
}

/** `no "fastcgi_cache_key" for "fastcgi_cache"`, a warning. @param name such as `fastcgi_cache` */
export function warnCacheKey(cx: CheckContext, level: BlockState, name: string): void {
  if (!cx.seen.has(name)) return;
  const cache = effective(level, name);
  if (cache === undefined || cache.values[0] === 'off') return;
  if (effective(level, `${name}_key`) !== undefined) return;
  cx.warn('no-cache-key', `no "${name}_key" for "${name}"`, { node: cache });
}
