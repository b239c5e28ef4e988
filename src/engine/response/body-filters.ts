import type { BodyFilter, BodyPart } from '../api.ts';

/**
 * Both filters, one after the other; `first` is null when there is none before. Subrequests pass `second` unread; before one that
 * stands at the end of the body, `second` gives what it has kept.
 */
export function chained(first: BodyFilter | null, second: BodyFilter): BodyFilter {
  if (first === null) return second;
  return {
    push(bytes, last) {
      const parts = first.push(bytes, last);
      const output: BodyPart[] = [];
      let ends = last;
      for (const part of parts) {
        if (typeof part === 'string') output.push(...second.push(part, false));
        else {
          if (ends) output.push(...second.push('', true));
          ends = false;
          output.push(part);
        }
      }
      if (ends) output.push(...second.push('', true));
      return output;
    },
  };
}

/** A range `[start, end)` of a body and what stands before it. */
export interface RangePiece {
  readonly head: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts pieces, in their order, out of a body that passes, and ends with `tail` (ngx_http_range_body_filter). Bytes are
 * kept only while a piece that comes later needs them.
 */
export function rangeFilter(pieces: readonly RangePiece[], tail: string): BodyFilter {
  let index = 0;
  let sent = 0;
  let held = '';
  let base = 0;
  return {
    push(bytes) {
      held += bytes;
      let output = '';
      for (let piece = pieces[index]; piece !== undefined; piece = pieces[index]) {
        const data = held.slice(Math.max(piece.start + sent - base, 0), Math.max(piece.end - base, 0));
        if (data === '') break;
        output += sent === 0 ? piece.head + data : data;
        sent += data.length;
        if (piece.start + sent < piece.end) break;
        sent = 0;
        if (++index === pieces.length) output += tail;
      }
      const starts = pieces.slice(index).map(({ start }, at) => (at === 0 ? start + sent : start));
      const drop = Math.min(Math.max(Math.min(...starts) - base, 0), held.length);
      held = held.slice(drop);
      base += drop;
      return output === '' ? [] : [output];
    },
  };
}
