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
 * not begin with a status line (HTTP/0.9); `invalid`: a header line that nginx refuses, up to the byte that is wrong.
 */
export function parseResponse(
  bytes: string,
  from: number,
): ResponseHead | 'none' | { readonly invalid: string } | null {
  const lineEnd = bytes.indexOf('\n', from);
  if (lineEnd === -1) return 'HTTP/'.startsWith(bytes.slice(from, from + 5)) ? null : 'none';
  const line = parseStatusLine(bytes, from, lineEnd);
  if (line === null) return 'none';
  const headers: string[] = [];
  let at = lineEnd + 1;
  const zero = bytes.indexOf('\0', at);
  for (;;) {
    const end = bytes.indexOf('\n', at);
    if (end === -1) return null;
    const start = at;
    at = end + 1;
    const code = bytes.charCodeAt(start);
    if (code === 10 || (code === 13 && end === start + 1)) break;
    if (code === 72 && bytes.startsWith('HTTP/', start)) continue;
    if (takeHeaderLine(headers, bytes, start, end, true, zero) === headerRefused)
      return { invalid: upToFault(bytes.slice(start, end)) };
  }
  return { status: line.status, statusLine: line.text, modern: line.modern, headers, end: at };
}

/** What nginx says of a header line that it refuses. */
export function invalidHeader(fault: string): string {
  return `upstream sent invalid header: "${fault}..."`;
}

/** `X-A\x20` of `X-A : 1`; in a value the byte is a zero, or a CR within. */
export function upToFault(line: string): string {
  const name = /^[^\x00-\x20\x7f:]*/.exec(line)![0].length;
  const at = name > 0 && line[name] === ':' ? line.search(/[\0\r]/) : name;
  return `${line.slice(0, at)}\\x${line.charCodeAt(at).toString(16).padStart(2, '0')}`;
}

interface StatusLine {
  readonly status: number;
  readonly text: string;
  readonly modern: boolean;
}

const usualStart = 'HTTP/1.1 ';

/** The status line `[from, end)`, `end` being its LF; null when it is none. */
function parseStatusLine(bytes: string, from: number, end: number): StatusLine | null {
  const code = from + usualStart.length;
  if (bytes.startsWith(usualStart, from) && bytes.charCodeAt(code + 3) === 0x20) {
    const status = threeDigits(bytes, code);
    const stop = bytes.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    const text = bytes.slice(code, stop);
    if (status >= 0 && stop > code + 3 && !text.includes('\r')) return { status, text, modern: true };
  }
  const match = statusLine.exec(bytes.slice(from, end));
  if (match === null) return null;
  return {
    status: Number(match[3]),
    text: match[4] === undefined ? match[3]! : `${match[3]} ${match[4]}`,
    modern: Number(match[1]) * 1000 + Number(match[2]) > 1000,
  };
}

/** The number of three digits at `at`, -1 for other bytes. */
function threeDigits(bytes: string, at: number): number {
  let value = 0;
  for (let index = at; index < at + 3; index++) {
    const digit = bytes.charCodeAt(index) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
