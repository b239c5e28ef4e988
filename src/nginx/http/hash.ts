import type { Directive } from '../../1-syntax/ast.ts';
import type { BlockState, CheckContext } from '../check-context.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { parseNumber } from '../values/number.ts';
import { effective } from './effective.ts';

/** A hash that nginx builds when it has read the configuration (ngx_hash_init_t). */
export interface Hash {
  /** As messages call it. */
  readonly name: string;
  /** Most buckets that it may have, unless a directive says otherwise. */
  readonly maxSize: number;
  /** The directives that give its sizes, where there are any. */
  readonly directives: { readonly maxSize: string; readonly bucketSize: string } | null;
}

/** A hash whose sizes directives give: `NAME_max_size` (by default `maxSize`) and `NAME_bucket_size`. */
export function sizedHash(name: string, maxSize: number): Hash {
  return { name, maxSize, directives: { maxSize: `${name}_max_size`, bucketSize: `${name}_bucket_size` } };
}

/** A hash whose sizes stand in nginx's source. */
export function fixedHash(name: string, maxSize: number): Hash {
  return { name, maxSize, directives: null };
}

/** Bytes. */
const pointer = 8;
const cacheLine = 64;
const largestBucket = 65_536 - cacheLine;

function align(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** Characters of the longest key that a bucket of the usual size takes: whoever has none longer need not ask. */
export const longestUsualKey = cacheLine - 2 * pointer - 2;

/** The bytes of a bucket that holds nothing but the key (NGX_HASH_ELT_SIZE, and the pointer at the end). */
function bucketFor(key: string): number {
  return pointer + align(key.length + 2, pointer) + pointer;
}

/**
 * ngx_hash_init: sizes that no hash can have, and keys that do not fit into a bucket, stop nginx. A bucket is rounded up to
 * cache lines. That nginx warns of a hash which is not optimal is left out: it takes it.
 *
 * @param level where the directives of its sizes apply
 * @param placeOf the word that a key comes from
 * @returns false when nginx stops there
 */
export function checkHash(
  cx: CheckContext,
  hash: Hash,
  level: BlockState,
  keys: Iterable<string>,
  placeOf: (key: string) => Pick<Problem, 'node' | 'word'> = () => ({}),
): boolean {
  const { name, directives } = hash;
  const most = sizeAt(cx, level, directives?.maxSize, hash.maxSize);
  const bucket = sizeAt(cx, level, directives?.bucketSize, cacheLine);
  const bucketSize = align(bucket.size, cacheLine);
  const refuse = (text: string, extra: Partial<Problem>): false => {
    const message = `could not build ${name}, ${text}`;
    cx.report(
      problem('hash-bucket-size', message, { placeless: true, once: `${message} ${extra.detail}`, ...extra }),
    );
    return false;
  };
  if (most.size === 0)
    return refuse(`you should increase ${name}_max_size: 0`, {
      node: most.node,
      detail: 'A hash has one bucket at least.',
    });
  if (bucketSize > largestBucket)
    return refuse(`too large ${name}_bucket_size: ${bucketSize}`, {
      node: bucket.node,
      detail: `A bucket has ${largestBucket} bytes at most.`,
    });
  for (const key of keys) {
    const needed = bucketFor(key);
    if (bucketSize >= needed) continue;
    return refuse(`you should increase ${name}_bucket_size: ${bucketSize}`, {
      ...(bucketSize === 0 ? { node: bucket.node } : placeOf(key)),
      detail: `"${key}" does not fit into a bucket of ${bucketSize} bytes.`,
      help:
        directives !== null
          ? `Set ${name}_bucket_size to ${align(needed, cacheLine)}.`
          : `It may have ${bucketSize - 2 * pointer - 2} characters: no directive makes these buckets larger.`,
    });
  }
  return true;
}

/** Whether no directive of its sizes was written anywhere. */
export function hasUsualSizes({ seen }: CheckContext, { directives }: Hash): boolean {
  return directives === null || !(seen.has(directives.maxSize) || seen.has(directives.bucketSize));
}

/** What a directive gives at `level` or from around it, and the directive. */
function sizeAt(
  cx: CheckContext,
  level: BlockState,
  name: string | undefined,
  byDefault: number,
): { readonly size: number; readonly node?: Directive | undefined } {
  const node = name !== undefined && cx.seen.has(name) ? effective(level, name) : undefined;
  const value = node?.values[0];
  return { size: value === undefined ? byDefault : (parseNumber(value) ?? byDefault), node };
}
