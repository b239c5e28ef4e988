import { compileAll, each, generic, words } from './addon-slots.ts';
import type { CheckContext } from './check-context.ts';
import { defineVariable, readVariable } from './define-variable.ts';
import { duplicate } from './generic-slots.ts';
import type { Handler } from './module-checks.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { parseSize } from './values/size.ts';
import { addZone } from './zones.ts';

const smallestDictionary = 8191;

/** ngx_http_lua_shared_dict */
function sharedDict(cx: CheckContext): Problem | null {
  const [name, size] = [cx.arg(0), parseSize(cx.arg(1))];
  if (name === '') return problem('invalid-value', `invalid lua shared dict name "${name}"`, { word: 0 });
  if (size === null || size <= smallestDictionary)
    return problem('invalid-value', `invalid lua shared dict size "${cx.arg(1)}"`, { word: 1 });
  const added = addZone(cx, name, size, 'ngx_http_lua_module');
  if ('refused' in added) return added.refused;
  if (added.zone.data !== null)
    return problem('duplicate', `lua_shared_dict "${name}" is already defined as "${name}"`, { word: 0 });
  added.zone.data = cx.node;
  return null;
}

/** `set_by_lua`, `set_by_lua_block`, `set_by_lua_file`: NDK's set_var directives. */
function setByLua(cx: CheckContext): Problem | null {
  return (
    defineVariable(cx, 0) ?? readVariable(cx, 0) ?? (cx.name === 'set_by_lua' ? compileAll(cx, 2) : null)
  );
}

/** A hook that one level takes once; the message of the add-on is as bare as this. */
const contentOnce: Handler = (cx) =>
  cx.block.first(cx.name) === undefined ? null : problem('duplicate', 'is duplicate');

const once = [
  'lua_package_path',
  'lua_package_cpath',
  'init_by_lua',
  'init_by_lua_block',
  'init_by_lua_file',
  'init_worker_by_lua',
  'init_worker_by_lua_block',
  'init_worker_by_lua_file',
];
const contentHooks = ['content_by_lua', 'content_by_lua_block', 'content_by_lua_file'];

/** Directives of lua-nginx-module with setters of their own. Lua code itself is not judged. */
export const luaDirectives: Readonly<Record<string, Handler>> = {
  ...each(['set_by_lua', 'set_by_lua_block', 'set_by_lua_file'], setByLua),
  ...each(once, (cx) => duplicate(cx)),
  ...each(contentHooks, contentOnce),
  lua_shared_dict: sharedDict,
  lua_ssl_protocols: words('SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  lua_code_cache: generic('flag'),
  lua_regex_cache_max_entries: generic('num'),
  lua_regex_match_limit: generic('num'),
};
