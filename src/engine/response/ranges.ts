import type { EngineContext } from '../context.ts';
import type { BodyPart } from '../api.ts';
import { parseHttpDate } from '../algorithms/http-date.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import type { RangePiece } from './body-filters.ts';
import { chained, rangeFilter } from './body-filters.ts';
import { listed } from './entity.ts';
import { removeHeader } from './remove-header.ts';

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One range: `5-`, `5-9` or `-5`. Spaces are read once, wherever they stand: clients choose how many there are. */
const rangeForm = /^ *(?:(\d+) *-(?: *(\d+))?|-(\d+)) *$/;
/** NGX_MAX_OFF_T_VALUE, as near as it matters. */
const largestOffset = 2 ** 63;
/** What a part of a multipart answer is taken to cost beside its bytes, and how much more than the whole an answer may have. */
const partOverhead = 256;
const allowedOverhead = 4096;

interface RangeLimits {
  /** Ranges that are given at the most. */
  readonly count: number;
  /** Whether an answer of many small parts, larger than the whole, is not given either (since 1.29.5, without `max_ranges`). */
  readonly countsOverhead: boolean;
}

/** ngx_http_range_parse: ranges within a body of `size` bytes; null: send it whole; 416 when none can be met. */
function parseRanges(text: string, size: number, limits: RangeLimits): ByteRange[] | 416 | null {
  if (!/^bytes=/i.test(text)) return null;
  const ranges: ByteRange[] = [];
  let total = 0;
  for (const part of text.slice(6).split(',')) {
    const match = rangeForm.exec(part);
    if (match === null) return 416;
    const [first, last, suffix] = [match[1], match[2], match[3]].map((digits) => Number(digits ?? 0));
    if (first! > largestOffset || last! > largestOffset || suffix! > largestOffset) return 416;
    const isSuffix = match[3] !== undefined;
    const start = isSuffix ? Math.max(size - suffix!, 0) : first!;
    const end = isSuffix || match[2] === undefined ? size : Math.min(last! + 1, size);
    if (start < end) {
      total += end - start;
      if (ranges.length === limits.count) return null;
      ranges.push({ start, end });
    } else if (start === 0) return null;
  }
  if (ranges.length === 0) return 416;
  if (total > size) return null;
  const isCostly = ranges.length > 1 && total + ranges.length * partOverhead > size + allowedOverhead;
  return limits.countsOverhead && isCostly ? null : ranges;
}

/** ngx_http_range_header_filter: turns a 200 into 206 or 416 where the client asked for parts. `boundary` makes a unique number. */
export function applyRanges(cx: EngineContext, request: Request, boundary: () => string): void {
  if (!rangesAllowed(request)) return;
  const limit = request.singleRange ? 1 : request.location.core.max_ranges;
  const size = request.contentLengthOut;
  const text = header(request.headers, 'range');
  if (limit === 0) return;
  if (text === undefined || text.length < 7 || !ifRangeHolds(request)) {
    request.headersOut.push('Accept-Ranges', 'bytes');
    return;
  }
  const ranges = parseRanges(text, size, {
    count: limit === -1 ? Number.MAX_SAFE_INTEGER : limit,
    countsOverhead: limit === -1 && cx.since('1.29.5'),
  });
  if (ranges === null) {
    request.headersOut.push('Accept-Ranges', 'bytes');
  } else if (ranges === 416) {
    request.status = 416;
    removeContentRange(cx, request);
    request.headersOut.push('Content-Range', `bytes */${size}`);
    request.contentLengthOut = -1;
    request.rangeNotSatisfiable = true;
  } else if (ranges.length === 1) {
    const { start, end } = ranges[0]!;
    request.status = 206;
    request.statusLine = '';
    removeContentRange(cx, request);
    request.headersOut.push('Content-Range', `bytes ${start}-${end - 1}/${size}`);
    request.contentLengthOut = end - start;
    request.sentRange = { start, end };
    const cut = cutBody(request, start, end);
    if (cut !== null) request.body = cut;
    else {
      const { contentOffset: offset } = request;
      filterRanges(request, [{ head: '', start: Math.max(start - offset, 0), end: end - offset }], '');
    }
  } else multipart(cx, request, ranges, size, boundary());
}

function rangesAllowed(request: Request): boolean {
  return (
    request.httpVersion >= 1000 &&
    request.status === 200 &&
    request === request.main &&
    request.contentLengthOut !== -1 &&
    request.acceptRanges
  );
}

function ifRangeHolds(request: Request): boolean {
  const condition = header(request.headers, 'if-range');
  if (condition === undefined) return true;
  if (condition.length >= 2 && condition.endsWith('"'))
    return condition === (request.etag !== '' ? request.etag : listed(request, 'etag'));
  const date = lastModified(request);
  return date !== null && parseHttpDate(condition) === date;
}

/** The date of the answer; an upstream's and one set by `add_header` stand among the other lines, as tags do. */
function lastModified(request: Request): number | null {
  if (request.lastModified !== -1) return request.lastModified;
  const text = listed(request, 'last-modified');
  return text === null ? null : parseHttpDate(text);
}

/** The bytes `[start, end)` of a body that is a text or a file; null where they have to be cut out as the body passes. */
function cutBody({ body, bodyFilter }: Request, start: number, end: number): readonly BodyPart[] | null {
  if (bodyFilter !== null) return null;
  if (typeof body === 'string') return [body.slice(start, end)];
  const first = body?.[0];
  if (body?.length === 1 && typeof first === 'object' && first.kind === 'file')
    return [{ ...first, start: first.start + start, end: first.start + end }];
  return null;
}

/** The upstream's own, or that of an answer before this one. */
function removeContentRange(cx: EngineContext, request: Request): void {
  if (cx.since('1.23.1')) removeHeader(request, 'content-range');
}

/** For the body of an upstream, and one that another filter changes. */
function filterRanges(request: Request, pieces: readonly RangePiece[], tail: string): void {
  request.bodyFilter = chained(request.bodyFilter, rangeFilter(pieces, tail));
}

/** multipart/byteranges (ngx_http_range_multipart_header). */
function multipart(
  cx: EngineContext,
  request: Request,
  ranges: readonly ByteRange[],
  size: number,
  number: string,
): void {
  const type = request.contentType;
  const charset = request.charset === '' ? '' : `; charset=${request.charset}`;
  const separator = `\r\n--${number}\r\n${type === '' ? '' : `Content-Type: ${type}${charset}\r\n`}Content-Range: bytes `;
  const pieces = ranges.map(({ start, end }) => ({
    head: `${separator}${start}-${end - 1}/${size}\r\n\r\n`,
    start,
    end,
  }));
  const tail = `\r\n--${number}--\r\n`;
  const parts = pieces.map(({ head, start, end }) => {
    const cut = cutBody(request, start, end);
    return cut === null ? null : [head, ...cut];
  });
  if (parts.every((each) => each !== null)) request.body = [...parts.flat(), tail];
  else filterRanges(request, pieces, tail);
  removeContentRange(cx, request);
  request.status = 206;
  request.statusLine = '';
  request.contentType = `multipart/byteranges; boundary=${number}`;
  request.charset = '';
  request.contentLengthOut =
    pieces.reduce((sum, { head, start, end }) => sum + head.length + end - start, 0) + tail.length;
}
