import type { BlockState, CheckContext } from '../check-context.ts';
import { effectiveAll, hasOwnOf } from './effective.ts';
import { checkHash, fixedHash } from './hash.ts';

const testTypes = fixedHash('test_types_hash', 2048);

/** ngx_http_merge_types: the MIME types that a filter is for, such as those of `gzip_types`. */
export function mergeTypes(name: string): (cx: CheckContext, level: BlockState) => void {
  return (cx, level) => {
    if (!cx.seen.has(name) || !hasOwnOf(level, name)) return;
    const nodes = effectiveAll(level, name);
    const types = nodes.flatMap(({ values }) => values);
    if (types.includes('*')) return;
    checkHash(cx, testTypes, level, types, (type) => {
      const node = nodes.find(({ values }) => values.includes(type));
      return { node, word: node?.values.indexOf(type) };
    });
  };
}
