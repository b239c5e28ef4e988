import type { BodyFilter, BodyPart } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import { chained, rangeFilter } from '../response/body-filters.ts';
import { listed } from '../response/entity.ts';
import { removeHeader } from '../response/remove-header.ts';
import { startSubrequest } from '../subrequest.ts';
import type { HeadFilter } from './module.ts';

/** What the slices of one answer share. */
interface Slices {
  readonly size: number;
  /** Where the slice begins that was asked for, after its head the next one. */
  start: number;
  /** Of the whole; known with the first slice. */
  length: number;
  etag: string;
  /** The slice's head has come. */
  active: boolean;
}

const stateKey = 'slice';
const partialContent = 206;

function slicesOf({ main }: Request): Slices | undefined {
  return main.lasting?.get(stateKey) as Slices | undefined;
}

/** `$slice_range`: asking for it makes an answer one of slices (ngx_http_slice_range_variable). */
export function defineSliceRange(cx: EngineContext): void {
  cx.variables.define('slice_range', {
    cached: false,
    get(request) {
      let slices = slicesOf(request);
      if (slices === undefined) {
        const { slice: size } = request.location.slice;
        if (request !== request.main || request.status !== 0 || size === 0) return null;
        const start = size * Math.floor(firstByte(request) / size);
        slices = { size, start, length: 0, etag: '', active: false };
        (request.lasting ??= new Map()).set(stateKey, slices);
      }
      return `bytes=${slices.start}-${slices.start + slices.size - 1}`;
    },
  });
}

/** Where the client wants to begin; several ranges, conditional ones and numbers too large begin at 0 (ngx_http_slice_get_start). */
function firstByte({ headers }: Request): number {
  if (header(headers, 'if-range') !== undefined) return 0;
  const range = header(headers, 'range');
  if (range === undefined || range.includes(',')) return 0;
  const start = Number(/^bytes= *(\d+)/i.exec(range)?.[1] ?? 0);
  return Number.isSafeInteger(start) ? start : 0;
}

/**
 * Makes of a slice the answer that it is a part of (ngx_http_slice_header_filter). Runs before all other filters: conditions and
 * ranges of the client are about the whole.
 */
export function sliceFilter(cx: EngineContext, { slice }: AllSettings): HeadFilter | null {
  if (slice.slice === 0) return null;
  return (request) => {
    const slices = slicesOf(request);
    if (slices === undefined) return;
    const isMain = request === request.main;
    if (isMain && request.status !== partialContent) {
      request.lasting!.delete(stateKey);
      return;
    }
    const problem = takeSlice(request, slices);
    if (problem !== '') {
      cx.world.log('error', problem, request);
      request.headFailed = true;
      request.bodyFilter = failing;
    } else if (isMain) request.bodyFilter = followedBySlices(cx, request, slices);
    else cutLikeMain(request);
  };
}

/** Nothing can be sent. */
const failing: BodyFilter = { push: () => [{ kind: 'failure' }] };

/** What is wrong with a slice; '' when it fits, and then the request is an answer with the whole length. */
function takeSlice(request: Request, slices: Slices): string {
  if (request.status !== partialContent) return `unexpected status code ${request.status} in slice response`;
  const etag = request.etag !== '' ? request.etag : (listed(request, 'etag') ?? '');
  if (slices.etag !== '' && etag !== slices.etag) return 'etag mismatch in slice response';
  slices.etag = etag;
  const range = /^bytes +(\d+) *- *(\d+) *\/ *(\d+|\*) *$/.exec(listed(request, 'content-range') ?? '');
  if (range === null) return 'invalid range in slice response';
  if (range[3] === '*') return 'no complete length in slice response';
  const start = Number(range[1]);
  const end = Number(range[2]) + 1;
  const length = Number(range[3]);
  const expected = Math.min(start + slices.size, length);
  if (start !== slices.start || end !== expected)
    return `unexpected range in slice response: ${start}-${end}, expected: ${slices.start}-${expected}`;
  slices.start = end;
  slices.length = length;
  slices.active = true;
  request.status = 200;
  request.statusLine = '';
  request.contentLengthOut = length;
  request.contentOffset = start;
  removeHeader(request, 'content-range');
  removeHeader(request, 'accept-ranges');
  request.acceptRanges = true;
  request.singleRange = true;
  return '';
}

/** The main request's own body, then one subrequest after the other for the rest (ngx_http_slice_body_filter). */
function followedBySlices(cx: EngineContext, request: Request, slices: Slices): BodyFilter {
  const next = (): readonly BodyPart[] => {
    if (!slices.active) {
      cx.world.log('error', 'missing slice response', request);
      return [{ kind: 'failure' }];
    }
    const { size } = slices;
    const wanted = request.sentRange ?? { start: 0, end: slices.length };
    if (slices.start + size <= wanted.start) slices.start = size * Math.floor(wanted.start / size);
    if (slices.start >= wanted.end) return [];
    slices.active = false;
    const child = startSubrequest(cx, request, request.uri, request.args, { headOnly: false, clones: true });
    return [child === null ? { kind: 'failure' } : { kind: 'subrequest', child, after: next }];
  };
  return chained(request.bodyFilter, {
    push(bytes, last) {
      const output: BodyPart[] = bytes === '' ? [] : [bytes];
      if (last && !request.headerOnly) output.push(...next());
      return output;
    },
  });
}

/** Takes out of a further slice what the client asked for. */
function cutLikeMain(request: Request): void {
  const range = request.main.sentRange;
  if (range === null) return;
  const { contentOffset: offset } = request;
  const piece = { head: '', start: Math.max(range.start - offset, 0), end: range.end - offset };
  request.bodyFilter = chained(request.bodyFilter, rangeFilter([piece], ''));
}
