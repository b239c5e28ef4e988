import type { BlockState, CheckContext } from '../check-context.ts';
import { effectiveAll, hasOwn, hasOwnOf } from './effective.ts';
import type { Hash } from './hash.ts';
import { checkHash } from './hash.ts';

/** The shortest of the headers that nginx hides, and of those that it sets by itself. */
const ownHeader = 'Host';

/** Whether the hash of a level is built anew: at the server at the latest, and where a size was written for it. */
function isSized(cx: CheckContext, { sized, name }: Hash, level: BlockState): boolean {
  if (!sized || level.context !== 'server') return false;
  return cx.seen.has(`${name}_max_size`) || cx.seen.has(`${name}_bucket_size`);
}

/** ngx_http_upstream_hide_headers_hash: the names of `PREFIX_hide_header` without those of `PREFIX_pass_header`. */
export function mergeHiddenHeaders(cx: CheckContext, level: BlockState, prefix: string, hash: Hash): boolean {
  const [hide, pass] = [`${prefix}_hide_header`, `${prefix}_pass_header`] as const;
  const own = (cx.seen.has(hide) || cx.seen.has(pass)) && hasOwn(level, [hide, pass]);
  if (!own && !isSized(cx, hash, level)) return true;
  const passed = new Set(effectiveAll(level, pass).map(({ values }) => values[0]!.toLowerCase()));
  const hidden = effectiveAll(level, hide).filter(({ values }) => !passed.has(values[0]!.toLowerCase()));
  return checkNames(
    cx,
    hash,
    level,
    hidden.map((node) => ({ node, key: node.values[0]! })),
  );
}

/** ngx_http_proxy_init_headers and its kin: the names of the headers that directive `name` sets. */
export function mergeSetHeaders(cx: CheckContext, level: BlockState, name: string, hash: Hash): boolean {
  const own = cx.seen.has(name) && hasOwnOf(level, name);
  if (!own && !isSized(cx, hash, level)) return true;
  return checkNames(
    cx,
    hash,
    level,
    effectiveAll(level, name).map((node) => ({ node, key: node.values[0]! })),
  );
}

const headerPrefix = 'HTTP_';

/** ngx_http_fastcgi_init_params and its kin: the headers among the parameters that directive `name` sets. */
export function mergeHeaderParams(cx: CheckContext, level: BlockState, name: string, hash: Hash): boolean {
  if (!cx.seen.has(name) || !hasOwnOf(level, name)) return true;
  const headers = effectiveAll(level, name).filter(({ values }) => values[0]!.startsWith(headerPrefix));
  return checkNames(
    cx,
    hash,
    level,
    headers.map((node) => ({ node, key: node.values[0]!.slice(headerPrefix.length) })),
  );
}

function checkNames(
  cx: CheckContext,
  hash: Hash,
  level: BlockState,
  names: readonly { readonly node: CheckContext['node']; readonly key: string }[],
): boolean {
  const keys = [ownHeader, ...names.map(({ key }) => key)];
  return checkHash(cx, hash, level, keys, (key) => ({
    node: names.find((one) => one.key === key)?.node,
    word: 0,
  }));
}
