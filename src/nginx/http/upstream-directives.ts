import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { checkGeneric, duplicate, invalidValue } from '../generic-slots.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import { addDirectory } from '../paths.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { compileArgument, compileScript, hasVariables } from '../script.ts';
import { parseAddressPort } from '../values/address.ts';
import { parseNumber } from '../values/number.ts';
import { parseOffset, parseSize } from '../values/size.ts';
import { parseMilliseconds, parseSeconds } from '../values/time.ts';
import type { Zone } from '../zones.ts';
import { addZone, zonesOf } from '../zones.ts';
import { effective, hasOwn, hasOwnOf } from './effective.ts';

/** What proxy, fastcgi, uwsgi, scgi, grpc and memcached share (ngx_http_upstream.c, ngx_http_file_cache.c). */

/** ngx_http_upstream_bind_set_slot: `proxy_bind` and its kin. */
export function checkBind(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const address = cx.arg(0);
  if (cx.values.length === 1 && address === 'off') return null;
  const wrong = compileScript(cx, address, 0);
  if (wrong !== null) return wrong;
  if (!hasVariables(address) && parseAddressPort(address) === null)
    return problem('invalid-value', `invalid address "${address}"`, { word: 0 });
  if (cx.values.length > 1 && cx.arg(1) !== 'transparent')
    return problem('invalid-parameter', `invalid parameter "${cx.arg(1)}"`, { word: 1 });
  return null;
}

/** ngx_http_upstream_param_set_slot: `fastcgi_param` and its kin. Values are compiled when locations are merged. */
export function checkParam(cx: CheckContext): Problem | null {
  if (cx.values.length < 3 || cx.arg(2) === 'if_not_empty') return null;
  return problem('invalid-parameter', `invalid parameter "${cx.arg(2)}"`, { word: 2 });
}

/** `proxy_limit_rate` and its kin take variables since 1.27.0. */
const checkLimitRate: Handler = (cx) => {
  if (cx.since('1.27.0')) return checkGeneric(cx, cx.spec!);
  return duplicate(cx) ?? (parseSize(cx.arg(0)) === null ? invalidValue(cx) : null);
};

/** `proxy_store`; `prefix` is `proxy`. */
function checkStore(cx: CheckContext, prefix: string): Problem | null {
  const refused = duplicate(cx);
  const value = cx.arg(0);
  if (refused !== null || value === 'off') return refused;
  if (cx.block.all(`${prefix}_cache`).some((node) => node.values[0] !== 'off'))
    return directiveProblem(cx.name, 'conflict', `is incompatible with "${prefix}_cache"`);
  if (value === '' && cx.since('1.29.2')) return problem('invalid-value', 'empty path', { word: 0 });
  return value === 'on' ? null : compileArgument(cx, 0);
}

/** `proxy_cache`: refers to a zone that `proxy_cache_path` may define later. */
function checkCache(cx: CheckContext, prefix: string): Problem | null {
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

const smallestKeysZone = 2 * 4096;

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
function checkCachePath(cx: CheckContext, prefix: string): Problem | null {
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
function checkCacheValid(cx: CheckContext): Problem | null {
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
function checkCacheKey(cx: CheckContext): Problem | null {
  return duplicate(cx) ?? compileArgument(cx, 0);
}

/** `proxy_ssl_certificate_cache` */
export function checkCertificateCache(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  let max = 0;
  let off = false;
  for (let word = 0; word < cx.values.length; word++) {
    const text = cx.arg(word);
    const value = text.slice(text.indexOf('=') + 1);
    if (text.startsWith('max=') && parseNumber(value)) max = parseNumber(value)!;
    else if (/^(?:inactive|valid)=/.test(text) && parseSeconds(value) !== null) continue;
    else if (text === 'off') off = true;
    else return problem('invalid-parameter', `invalid parameter "${text}"`, { word });
  }
  return off || max > 0 ? null : problem('invalid-parameter', `"${cx.name}" must have the "max" parameter`);
}

const pageSize = 4096;

function sizeOf(node: Directive | undefined, word: number, fallback: number): number {
  const value = node?.values[word];
  return value === undefined ? fallback : (parseSize(value) ?? fallback);
}

/** The directives whose sizes have to fit together. */
function bufferNames(prefix: string): readonly string[] {
  return ['buffers', 'buffer_size', 'busy_buffers_size', 'temp_file_write_size', 'max_temp_file_size'].map(
    (name) => `${prefix}_${name}`,
  );
}

/**
 * The part of the merge functions about buffers, e.g. ngx_http_proxy_merge_loc_conf, for the directives of `prefix`. The
 * function answers false when nginx stops there.
 */
export function buffersMerger(prefix: string): (cx: CheckContext, level: BlockState) => boolean {
  const names = bufferNames(prefix);
  return (cx, level) =>
    !anySeen(cx, names) || !hasOwn(level, names) || mergeBuffers(cx, level, prefix, names);
}

/** Asked for each level of a configuration. */
function anySeen({ seen }: CheckContext, names: readonly string[]): boolean {
  for (const name of names) if (seen.has(name)) return true;
  return false;
}

function mergeBuffers(
  cx: CheckContext,
  level: BlockState,
  prefix: string,
  names: readonly string[],
): boolean {
  const [buffers, single, busy, write, most] = names.map((name) => effective(level, name));
  const count = parseNumber(buffers?.values[0] ?? '8') ?? 8;
  const each = sizeOf(buffers, 1, pageSize);
  const size = Math.max(sizeOf(single, 0, pageSize), each);
  const refuse = (message: string, node: Directive | undefined): boolean => {
    cx.report(problem('buffer-sizes', message, { node: node ?? buffers ?? single ?? level.opener! }));
    return false;
  };
  const largest = `the maximum of the value of "${prefix}_buffer_size" and one of the "${prefix}_buffers"`;
  if (count < 2) return refuse(`there must be at least 2 "${prefix}_buffers"`, buffers);
  const busySize = sizeOf(busy, 0, 2 * size);
  if (busySize < size)
    return refuse(`"${prefix}_busy_buffers_size" must be equal to or greater than ${largest}`, busy);
  if (busySize > (count - 1) * each)
    return refuse(
      `"${prefix}_busy_buffers_size" must be less than the size of all "${prefix}_buffers" minus one buffer`,
      busy,
    );
  if (sizeOf(write, 0, 2 * size) < size)
    return refuse(`"${prefix}_temp_file_write_size" must be equal to or greater than ${largest}`, write);
  const mostSize = sizeOf(most, 0, 1024 ** 3);
  if (mostSize !== 0 && mostSize < size)
    return refuse(
      `"${prefix}_max_temp_file_size" must be equal to zero to disable temporary files usage or must be equal to or greater than ${largest}`,
      most,
    );
  return true;
}

/** `"proxy_cache" zone "x" is unknown`: nothing defined the zone that a level uses. @param name such as `proxy_cache` */
export function mergeCacheZone(cx: CheckContext, level: BlockState, name: string): void {
  if (cx.fragment || !cx.seen.has(name) || !hasOwnOf(level, name)) return;
  const node = effective(level, name);
  const value = node?.values[0] ?? 'off';
  if (value === 'off' || hasVariables(value)) return;
  const zone: Zone | undefined = zonesOf(cx).get(value);
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

/** Handlers that a module with `PREFIX_cache`, `PREFIX_store` and the rest needs. */
export function sharedDirectives(prefix: string): NonNullable<ModuleChecks['directives']> {
  return {
    [`${prefix}_bind`]: checkBind,
    [`${prefix}_store`]: (cx) => checkStore(cx, prefix),
    [`${prefix}_cache`]: (cx) => checkCache(cx, prefix),
    [`${prefix}_cache_path`]: (cx) => checkCachePath(cx, prefix),
    [`${prefix}_cache_valid`]: checkCacheValid,
    [`${prefix}_cache_key`]: checkCacheKey,
    [`${prefix}_limit_rate`]: checkLimitRate,
  };
}
