import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseSize } from '../../nginx/values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import type { Level, LowerContext } from '../lower-context.ts';
import type { DisableSymlinks, ErrorPage } from '../schema/core.ts';
import type { Template } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import { lowerResolver } from './resolver.ts';
import type { Lowerings } from './lowering.ts';
import { word, words } from './lowering.ts';

/** ngx_http_core_module: what the table of settings does not say by itself. */
export const coreLowerings: Lowerings = {
  root: (cx, level, directive) => lowerRoot(cx, level, directive, false),
  alias: (cx, level, directive) => lowerRoot(cx, level, directive, true),
  error_page: lowerErrorPage,
  internal: (_cx, level, directive) => level.set('core', 'internal', true, directive),
  types: lowerTypes,
  try_files: lowerTryFiles,
  keepalive_timeout(_cx, level, directive) {
    const timeout = parseMilliseconds(word(directive, 0)) ?? 75000;
    const header = directive.values.length > 1 ? (parseSeconds(word(directive, 1)) ?? 0) : 0;
    level.set('core', 'keepalive_timeout', { timeout, header }, directive);
  },
  large_client_header_buffers(_cx, level, directive) {
    const value = {
      number: parseNumber(word(directive, 0)) ?? 4,
      size: parseSize(word(directive, 1)) ?? 8192,
    };
    level.set('core', 'large_client_header_buffers', value, directive);
  },
  client_body_temp_path: (cx, level, directive) =>
    level.set('core', 'client_body_temp_path', temporaryPath(cx, directive), directive),
  resolver: (cx, level, directive) => level.set('core', 'resolver', lowerResolver(cx, directive), directive),
  early_hints: (_cx, level, directive) =>
    level.set(
      'core',
      'early_hints',
      words(directive).map((each) => parseTemplate(each)),
      directive,
    ),
  disable_symlinks(_cx, level, directive) {
    const given = words(directive);
    const from = given.find((word) => word.startsWith('from='));
    const value: DisableSymlinks = {
      mode: given.includes('on') ? 'on' : given.includes('if_not_owner') ? 'if_not_owner' : 'off',
      from: from === undefined ? null : parseTemplate(from.slice('from='.length)),
    };
    level.set('core', 'disable_symlinks', value, directive);
  },
};

/** `client_body_temp_path` and `proxy_temp_path`: the folder, and how many digits name each level below it. */
export function temporaryPath(cx: LowerContext, directive: ResolvedDirective) {
  const [path = '', ...levels] = words(directive);
  return { path: cx.path(path), levels: levels.map(Number) };
}

function lowerRoot(cx: LowerContext, level: Level, directive: ResolvedDirective, alias: boolean): void {
  let text = word(directive, 0);
  if (!alias && text.endsWith('/') && text.length > 0) text = text.slice(0, -1);
  const path = text.startsWith('$') ? parseTemplate(text) : parseTemplate(cx.path(text));
  const kind = level.location?.kind;
  const length = !alias ? 0 : kind === 'regex' ? -1 : (level.location?.name.length ?? 0);
  level.set('core', 'root', { path, alias: length, origin: cx.origin(directive) }, directive);
}

/** ngx_http_core_error_page. */
function lowerErrorPage(cx: LowerContext, level: Level, directive: ResolvedDirective): void {
  const all = words(directive);
  const target = all.at(-1)!;
  let codes = all.slice(0, -1);
  let overwrite = -1;
  if (codes.at(-1)?.startsWith('=')) {
    const text = codes.at(-1)!.slice(1);
    overwrite = text === '' ? 0 : Number(text);
    codes = codes.slice(0, -1);
  }
  const constant = !target.includes('$');
  const question = constant && target.startsWith('/') ? target.indexOf('?') : -1;
  const to: Template = question === -1 ? parseTemplate(target) : target.slice(0, question);
  const page: ErrorPage = {
    codes: codes.map(Number),
    overwrite,
    to,
    args: question === -1 ? '' : target.slice(question + 1),
    origin: cx.origin(directive),
  };
  level.list<ErrorPage>('core', 'error_page', directive).push(page);
}

/** ngx_http_core_types: extension to type, extensions in lower case. */
function lowerTypes(cx: LowerContext, level: Level, directive: ResolvedDirective): void {
  const types: Record<string, string> = {};
  for (const entry of directive.entries)
    for (const extension of entry.args) types[extension.value.toLowerCase()] = entry.keyword;
  level.own('core').types = types;
  level.own('core').at.types = cx.origin(directive);
}

/** ngx_http_try_files. */
function lowerTryFiles(cx: LowerContext, level: Level, directive: ResolvedDirective): void {
  if (level.location === null) return;
  const all = words(directive);
  const last = all.pop()!;
  level.location.tryFiles = {
    files: all.map((text) => {
      const directory = text.length > 0 && text.endsWith('/');
      return { path: parseTemplate(directory ? text.slice(0, -1) : text), directory };
    }),
    fallback: parseTemplate(last),
    status: last.startsWith('=') ? Number(last.slice(1)) : 0,
    origin: cx.origin(directive),
  };
}
