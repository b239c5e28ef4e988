import type { CheckContext } from '../check-context.ts';
import { duplicate, invalidValue } from '../generic-slots.ts';
import { checkOpenCache } from '../open-cache.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { compileScript, hasVariables } from '../script.ts';
import { useThreadPool } from '../thread-pools.ts';
import { parseOffset } from '../values/size.ts';

/** Directives of ngx_http_core_module.c about how files are opened and read. */

/** ngx_http_core_set_aio */
export function aio(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const value = cx.arg(0);
  // Whether "on" is supported depends on how nginx was built (--with-file-aio).
  if (value === 'off' || value === 'on') return null;
  if (value === 'threads' && cx.since('1.7.11')) {
    useThreadPool(cx, 'default');
    return null;
  }
  if (!value.startsWith('threads=') || !cx.since('1.7.11')) return invalidValue(cx);
  const pool = value.slice('threads='.length);
  if (hasVariables(pool)) return compileScript(cx, pool, 0);
  useThreadPool(cx, pool);
  return null;
}

/** ngx_http_core_directio */
export function directio(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || cx.arg(0) === 'off') return refused;
  return parseOffset(cx.arg(0)) === null ? invalidValue(cx) : null;
}

/** ngx_http_core_open_file_cache */
export function openFileCache(cx: CheckContext): Problem | null {
  return checkOpenCache(cx, {
    parameters: { inactive: 'time' },
    parameter: '"open_file_cache" parameter',
    missing: 'the "max" parameter',
  });
}

/** ngx_http_disable_symlinks */
export function disableSymlinks(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  let mode = '';
  let from = false;
  for (let word = 0; word < cx.values.length; word++) {
    const value = cx.arg(word);
    if (value === 'off' || value === 'if_not_owner' || value === 'on') mode = value;
    else if (value.startsWith('from=')) {
      const wrong = compileScript(cx, value.slice(5), word);
      if (wrong !== null) return wrong;
      from = true;
    } else return problem('invalid-parameter', `invalid parameter "${value}"`, { word });
  }
  if (mode === '')
    return problem('invalid-parameter', `"${cx.name}" must have "off", "on" or "if_not_owner" parameter`);
  if (cx.values.length === 1) return null;
  if (!from) return problem('invalid-parameter', `duplicate parameters "${cx.arg(0)} ${cx.arg(1)}"`);
  return mode === 'off' ? problem('invalid-parameter', '"from=" cannot be used with "off" parameter') : null;
}
