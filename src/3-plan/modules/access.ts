import type { ModuleSettings } from '../schema.ts';
import { parseTemplate } from '../template-text.ts';
import type { Lowerings } from './lowering.ts';
import { word, words } from './lowering.ts';

type Rule = ModuleSettings<'access'>['rules'][number];
type Assignment = ModuleSettings<'authRequest'>['auth_request_set'][number];

/** ngx_http_access_module, ngx_http_auth_basic_module, ngx_http_auth_request_module; ngx_http_mirror_module, ngx_http_index_module. */
export const accessLowerings: Lowerings = {
  allow(cx, level, directive) {
    level.list<Rule>('access', 'rules', directive).push({
      allow: true,
      network: word(directive, 0),
      origin: cx.origin(directive),
    });
  },
  deny(cx, level, directive) {
    level.list<Rule>('access', 'rules', directive).push({
      allow: false,
      network: word(directive, 0),
      origin: cx.origin(directive),
    });
  },
  auth_basic_user_file(cx, level, directive) {
    const text = word(directive, 0);
    const path = text.startsWith('$') ? text : cx.confPath(text);
    level.set('authBasic', 'auth_basic_user_file', parseTemplate(path), directive);
  },
  auth_request(_cx, level, directive) {
    const uri = word(directive, 0);
    level.set('authRequest', 'auth_request', uri === 'off' ? '' : uri, directive);
  },
  auth_request_set(cx, level, directive) {
    const variable = word(directive, 0).slice(1).toLowerCase();
    cx.variable(variable, 'auth_request_set');
    level.list<Assignment>('authRequest', 'auth_request_set', directive).push({
      variable,
      value: parseTemplate(word(directive, 1)),
      origin: cx.origin(directive),
    });
  },
  mirror(_cx, level, directive) {
    const list = level.list<string>('mirror', 'mirror', directive);
    if (word(directive, 0) !== 'off') list.push(word(directive, 0));
  },
  index(_cx, level, directive) {
    const list = level.list<unknown>('index', 'index', directive);
    for (const each of words(directive)) list.push(parseTemplate(each));
  },
};
