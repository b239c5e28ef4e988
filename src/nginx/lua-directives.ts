import { each, generic, words } from './addon-slots.ts';
import type { CheckContext } from './check-context.ts';
import { defineVariable, readVariable } from './define-variable.ts';
import { duplicate } from './generic-slots.ts';
import type { Handler } from './module-checks.ts';
import type { Problem } from './problem.ts';
import { directiveProblem, problem } from './problem.ts';
import { compileArguments } from './script.ts';
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
    defineVariable(cx, 0) ??
    readVariable(cx, 0) ??
    (cx.name === 'set_by_lua' ? compileArguments(cx, 2) : null)
  );
}

/** What the add-on says of a block of Lua it says when it has read it to its end. */
function afterBody(handler: Handler): Handler {
  return (cx) => {
    const refused = handler(cx);
    const { node } = cx;
    if (refused === null || node.type !== 'raw') return refused;
    return { ...refused, at: { file: node.file, offset: node.body.end } };
  };
}

const hookNames = [
  'init',
  'init_worker',
  'exit_worker',
  'server_rewrite',
  'rewrite',
  'access',
  'content',
  'log',
  'header_filter',
  'body_filter',
  'balancer',
  'ssl_certificate',
  'ssl_client_hello',
  'ssl_session_fetch',
  'ssl_session_store',
];
const forms = ['', '_block', '_file'];

/** Hooks that the add-on refuses without code; the others it passes over then. */
const needCode: ReadonlySet<string> = new Set(
  ['init', 'server_rewrite', 'rewrite', 'access', 'content', 'log', 'header_filter', 'body_filter'].map(
    (name) => `${name}_by_lua`,
  ),
);

function codeMissing({ node }: CheckContext, family: string): Problem | null {
  if (!needCode.has(family)) return null;
  const empty = node.type === 'raw' ? node.body.start === node.body.end : node.values[0] === '';
  return empty
    ? problem('invalid-value', 'invalid location config: no runnable Lua code', { level: 'error' })
    : null;
}

/** A level takes each hook once, in whichever form; for one with a block the add-on forgets to name it. */
function hookOnce(cx: CheckContext): Problem | null {
  const family = cx.name.replace(/_(?:block|file)$/, '');
  const before = forms.map((form) => cx.block.first(family + form)).find((node) => node !== undefined);
  if (before === undefined) return codeMissing(cx, family);
  const related = [{ file: before.file, span: before.name, message: 'first given here' }];
  return cx.name.endsWith('_block')
    ? problem('duplicate', 'is duplicate', { related })
    : directiveProblem(cx.name, 'duplicate', 'is duplicate', { related });
}

/** Directives of lua-nginx-module with setters of their own. Lua code itself is not judged. */
export const luaDirectives: Readonly<Record<string, Handler>> = {
  ...each(['set_by_lua', 'set_by_lua_block', 'set_by_lua_file'], afterBody(setByLua)),
  ...each(['lua_package_path', 'lua_package_cpath'], (cx) => duplicate(cx)),
  ...each(
    hookNames.flatMap((name) => forms.map((form) => `${name}_by_lua${form}`)),
    afterBody(hookOnce),
  ),
  lua_shared_dict: sharedDict,
  lua_ssl_protocols: words('SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  lua_code_cache: generic('flag'),
  lua_regex_cache_max_entries: generic('num'),
  lua_regex_match_limit: generic('num'),
};
