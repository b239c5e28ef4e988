import { headerRefused, takeHeaderLine } from '../http/headers.ts';

/** The head of an upstream's answer. */
export interface ResponseHead {
  readonly status: number;
  /** What followed `HTTP/1.x `: code and text. */
  readonly statusLine: string;
  /** HTTP/1.1 or later. */
  readonly modern: boolean;
  /** Flat: name, lower-case name, value. */
  readonly headers: string[];
  /** Offset after the head. */
  readonly end: number;
}

const statusLine = /^HTTP\/(\d+)\.(\d+) +(\d{3})(?: ([^\r\n]*))?\r?$/;

/**
 * Reads a head from `bytes` at `from` (ngx_http_parse_status_line, ngx_http_parse_header_line). Null: not complete; `none`: it does
 * not begin with a status line (HTTP/0.9); `invalid`: a header line that nginx refuses.
 */
export function parseResponse(bytes: string, from: number): ResponseHead | 'none' | 'invalid' | null {
  const lineEnd = bytes.indexOf('\n', from);
  if (lineEnd === -1) return 'HTTP/'.startsWith(bytes.slice(from, from + 5)) ? null : 'none';
  const match = statusLine.exec(bytes.slice(from, lineEnd));
  if (match === null) return 'none';
  const headers: string[] = [];
  let at = lineEnd + 1;
  for (;;) {
    const end = bytes.indexOf('\n', at);
    if (end === -1) return null;
    const start = at;
    at = end + 1;
    const code = bytes.charCodeAt(start);
    if (code === 10 || (code === 13 && end === start + 1)) break;
    if (code === 72 && bytes.startsWith('HTTP/', start)) continue;
    if (takeHeaderLine(headers, bytes, start, end, true) === headerRefused) return 'invalid';
  }
  const text = match[4] === undefined ? match[3]! : `${match[3]} ${match[4]}`;
  const modern = Number(match[1]) * 1000 + Number(match[2]) > 1000;
  return { status: Number(match[3]), statusLine: text, modern, headers, end: at };
}
