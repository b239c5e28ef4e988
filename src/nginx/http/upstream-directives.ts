import type { CheckContext } from '../check-context.ts';
import { checkGeneric, duplicate, invalidValue } from '../generic-slots.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileScript, hasVariables } from '../script.ts';
import { parseAddressPort } from '../values/address.ts';
import { parseSize } from '../values/size.ts';
import { checkCache, checkCacheKey, checkCachePath, checkCacheValid, checkStore } from './file-cache.ts';

/** What proxy, fastcgi, uwsgi, scgi, grpc and memcached share (ngx_http_upstream.c). */

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
