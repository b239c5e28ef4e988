import type { CheckContext } from '../check-context.ts';
import { checkGeneric, duplicate, invalidValue } from '../generic-slots.ts';
import { checkPoolSize } from '../http/pool-size.ts';
import type { Handler, ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { compileArgument } from '../script.ts';
import { parseNumber } from '../values/number.ts';
import { parseSize } from '../values/size.ts';
import { compareVersions } from '../../text/compare-versions.ts';

/** Server push went with 1.25.1; its directives are taken and ignored since then. */
function ignored(cx: CheckContext): boolean {
  const since = cx.spec?.ignoredSince ?? null;
  return since !== null && compareVersions(cx.target, since) >= 0;
}

/** What the `post` of a size asks for, in the `set`'s own order: duplicate, size, then this. */
function size(check: (bytes: number) => Problem | null): Handler {
  return (cx) => {
    const refused = duplicate(cx);
    if (refused !== null) return refused;
    const bytes = parseSize(cx.arg(0));
    return bytes === null ? invalidValue(cx) : check(bytes);
  };
}

const refuse = (message: string): Problem => problem('invalid-value', message, { word: 0 });

/** ngx_http_v2_pool_size */
const poolSize = size(checkPoolSize);

const largestPreread = 2 ** 31 - 1;

/** ngx_http_v2_preread_size */
const prereadSize = size((bytes) =>
  bytes > largestPreread ? refuse(`the maximum body preread buffer size is ${largestPreread}`) : null,
);

/** ngx_http_v2_chunk_size */
const chunkSize = size((bytes) => (bytes === 0 ? refuse('the http2 chunk size cannot be zero') : null));

const stateBuffer = 16;

/** ngx_http_v2_recv_buffer_size */
function recvBufferSize(cx: CheckContext): Problem | null {
  const refused = checkGeneric(cx, cx.spec!);
  if (refused !== null) return refused;
  const least = cx.since('1.25.3') ? stateBuffer : 2 * stateBuffer;
  return (parseSize(cx.arg(0)) ?? 0) > least ? null : invalidValue(cx, 0, 'value is too small');
}

/** ngx_http_v2_streams_index_mask */
function streamsIndex(cx: CheckContext): Problem | null {
  const refused = checkGeneric(cx, cx.spec!);
  if (refused !== null) return refused;
  const count = parseNumber(cx.arg(0)) ?? 0;
  return count > 0 && Number.isInteger(Math.log2(count))
    ? null
    : invalidValue(cx, 0, 'must be a power of two');
}

/** ngx_http_v2_push: URIs, or `off` alone. */
function push(cx: CheckContext): Problem | null {
  if (ignored(cx)) return null;
  const before = cx.block.first('http2_push')?.values[0]!;
  if (cx.arg(0) === 'off') {
    if (before === 'off') return directiveProblem(cx.name, 'duplicate', 'is duplicate');
    return before === undefined
      ? null
      : directiveProblem(cx.name, 'conflict', '"off" parameter cannot be used with URI');
  }
  if (before === 'off')
    return directiveProblem(cx.name, 'conflict', 'URI cannot be used with "off" parameter');
  return compileArgument(cx, 0);
}

/** A flag or a number of the time before 1.25.1. */
function before1251(kind: 'flag' | 'num'): Handler {
  return (cx) => (ignored(cx) ? null : checkGeneric(cx, { ...cx.spec!, kind, repeat: 'error' }));
}

/** src/http/v2/ngx_http_v2_module.c */
export const httpV2Module: ModuleChecks = {
  module: 'ngx_http_v2_module',
  directives: {
    http2_pool_size: poolSize,
    http2_body_preread_size: prereadSize,
    http2_chunk_size: chunkSize,
    http2_streams_index_size: streamsIndex,
    http2_recv_buffer_size: recvBufferSize,
    http2_push: push,
    http2_push_preload: before1251('flag'),
    http2_max_concurrent_pushes: before1251('num'),
  },
};
