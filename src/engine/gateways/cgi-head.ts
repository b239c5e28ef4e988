import type { EngineContext } from '../context.ts';
import { header, headerRefused, takeHeaderLine } from '../http/headers.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { ResponseHead } from '../proxy/parse-response.ts';
import { invalidHeader, parseResponse, upToFault } from '../proxy/parse-response.ts';

/** Header lines up to the empty one. */
export interface CgiHeaders {
  /** Flat: name, lower-case name, value. */
  readonly headers: string[];
  /** Offset after the empty line. */
  readonly end: number;
}

/** Reads the header lines of a program's answer (ngx_http_parse_header_line). Null: not complete; a text: nginx calls one invalid. */
export function readCgiHeaders(text: string): CgiHeaders | string | null {
  const headers: string[] = [];
  const zero = text.indexOf('\0');
  for (let at = 0; ;) {
    const end = text.indexOf('\n', at);
    if (end === -1) return null;
    const start = at;
    at = end + 1;
    if (end === start || (end === start + 1 && text[start] === '\r')) return { headers, end: at };
    if (text.startsWith('HTTP/', start)) continue;
    if (takeHeaderLine(headers, text, start, end, true, zero) === headerRefused)
      return invalidHeader(upToFault(text.slice(start, end)));
  }
}

/**
 * The status that a program says in its headers, by `Status` or `Location`; a text when nginx calls it invalid.
 *
 * @param reasonAdded a status without a reason gets ours, as since 1.25.3
 */
export function cgiStatus(
  headers: readonly string[],
  reasonAdded: boolean,
): Pick<ResponseHead, 'status' | 'statusLine'> | string {
  const status = header(headers, 'status');
  if (status !== undefined) {
    const code = /^\d{3}/.exec(status)?.[0];
    if (code === undefined) return `upstream sent invalid status "${status}"`;
    const line = status.length > 3 || !reasonAdded ? status : '';
    if (code !== '000') return { status: Number(code), statusLine: line };
  }
  return header(headers, 'location') === undefined
    ? { status: 200, statusLine: '200 OK' }
    : { status: 302, statusLine: '302 Moved Temporarily' };
}

/** The head of an answer as programs write it, with or without a status line (ngx_http_uwsgi_process_status_line, …_process_header). */
export function readProgramHead(
  { rules }: EngineContext,
  exchange: Exchange,
  bytes: string,
): ResponseHead | string | null {
  const head = parseResponse(bytes, 0);
  if (head === null) return null;
  if (head !== 'none' && 'invalid' in head) return invalidHeader(head.invalid);
  const whole = head === 'none' ? withoutStatusLine(bytes, rules.reasonAdded) : head;
  if (whole !== null && typeof whole === 'object' && exchange.entry !== null)
    exchange.rawHead = bytes.slice(0, whole.end);
  return whole;
}

function withoutStatusLine(bytes: string, reasonAdded: boolean): ResponseHead | string | null {
  const read = readCgiHeaders(bytes);
  if (read === null || typeof read === 'string') return read;
  const status = cgiStatus(read.headers, reasonAdded);
  return typeof status === 'string' ? status : { ...status, ...read, modern: true };
}
