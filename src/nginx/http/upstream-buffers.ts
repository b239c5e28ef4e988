import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import { problem } from '../problem.ts';
import { parseNumber } from '../values/number.ts';
import { parseSize } from '../values/size.ts';
import { pageSize } from '../zones.ts';
import { effective, hasOwn } from './effective.ts';

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
  for (let at = 0; at < names.length; at++) if (seen.has(names[at]!)) return true;
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
