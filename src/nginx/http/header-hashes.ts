import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { effectiveAll, hasOwn, hasOwnOf } from './effective.ts';
import type { Hash } from './hash.ts';
import { checkHash, hasUsualSizes, longestUsualKey } from './hash.ts';

/** A part of a module's merge function; false when nginx stops there. */
type Merger = (cx: CheckContext, level: BlockState) => boolean;

/** The shortest of the headers that nginx hides, and of those that it sets by itself. */
const ownHeader = 'Host';

/** ngx_http_upstream_hide_headers_hash: the names of `PREFIX_hide_header` without those of `PREFIX_pass_header`. */
export function hiddenHeadersMerger(prefix: string, hash: Hash): Merger {
  const [hide, pass] = [`${prefix}_hide_header`, `${prefix}_pass_header`] as const;
  return (cx, level) => {
    const own = (cx.seen.has(hide) || cx.seen.has(pass)) && hasOwn(level, [hide, pass]);
    if (!own && !isBuiltFirst(cx, hash, level)) return true;
    const passed = new Set(effectiveAll(level, pass).map(({ values }) => values[0]!.toLowerCase()));
    const hidden = effectiveAll(level, hide).filter(({ values }) => !passed.has(values[0]!.toLowerCase()));
    return checkNames(cx, hash, level, hidden, 0);
  };
}

/** ngx_http_proxy_init_headers and its kin: the names of the headers that directive `name` sets. */
export function setHeadersMerger(name: string, hash: Hash): Merger {
  return (cx, level) => {
    const own = cx.seen.has(name) && hasOwnOf(level, name);
    if (!own && !isBuiltFirst(cx, hash, level)) return true;
    return checkNames(cx, hash, level, effectiveAll(level, name), 0);
  };
}

const headerPrefix = 'HTTP_';

/** ngx_http_fastcgi_init_params and its kin: the headers among the parameters that directive `name` sets. */
export function headerParamsMerger(name: string, hash: Hash): Merger {
  return (cx, level) => {
    if (!cx.seen.has(name) || !hasOwnOf(level, name)) return true;
    const headers = effectiveAll(level, name).filter(({ values }) => values[0]!.startsWith(headerPrefix));
    return checkNames(cx, hash, level, headers, headerPrefix.length);
  };
}

/** Whether nginx builds the hash at this level though nothing is said of its names there: at each server. */
function isBuiltFirst(cx: CheckContext, hash: Hash, level: BlockState): boolean {
  return level.context === 'server' && !hasUsualSizes(cx, hash);
}

/** The names are the first words of `nodes`, from the character `from` on. */
function checkNames(
  cx: CheckContext,
  hash: Hash,
  level: BlockState,
  nodes: readonly Directive[],
  from: number,
): boolean {
  // Asked of every header of a configuration, and hardly any is so long.
  const fits = nodes.every(({ values }) => values[0]!.length - from <= longestUsualKey);
  if (fits && hasUsualSizes(cx, hash)) return true;
  const keys = nodes.map(({ values }) => values[0]!.slice(from));
  return checkHash(cx, hash, level, [ownHeader, ...keys], (key) => ({
    node: nodes[keys.indexOf(key)],
    word: 0,
  }));
}
