import type { CheckContext } from '../check-context.ts';
import { problem } from '../problem.ts';
import { parseNumber } from '../values/number.ts';

const pointer = 8;
const cacheLine = 64;

function align(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/**
 * ngx_hash_init: an entry that does not fit into a bucket stops nginx. `bucketSize` is what the directive says, or the
 * default; it is rounded up to cache lines where nginx does so.
 */
export function checkHashBuckets(
  cx: CheckContext,
  name: string,
  keys: Iterable<string>,
  bucketSize: number,
): boolean {
  const size = align(bucketSize, cacheLine);
  for (const key of keys) {
    const entry = pointer + align(key.length + 2, pointer);
    if (size >= entry + pointer) continue;
    cx.report(
      problem(
        'hash-bucket-size',
        `could not build ${name}, you should increase ${name}_bucket_size: ${size}`,
        {
          placeless: true,
          detail: `"${key}" does not fit into a bucket of ${size} bytes.`,
          help: `Set ${name}_bucket_size to ${align(entry + pointer, cacheLine)}.`,
        },
      ),
    );
    return false;
  }
  return true;
}

/** The number given by directive `name` at `block`, or `fallback`. */
export function numberOf(
  block: { first(name: string): { values: readonly string[] } | undefined },
  name: string,
  fallback: number,
): number {
  const value = block.first(name)?.values[0];
  return value === undefined ? fallback : (parseNumber(value) ?? fallback);
}
