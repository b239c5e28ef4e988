import { parseContentLength } from '../http/content-length.ts';
import type { Exchange } from './exchange.ts';

const switchingProtocols = 101;

/**
 * Length, coding and connection of the answer; a text when nginx calls the header invalid.
 *
 * @param strict malformed and repeated ones are refused, as since 1.23.0
 */
export function readFraming(exchange: Exchange, modern: boolean, strict: boolean): string | null {
  const { headers } = exchange;
  let length = -1;
  let chunked = false;
  let close = !modern;
  for (let at = 0; at < headers.length; at += 3) {
    const value = headers[at + 2]!;
    switch (headers[at + 1]) {
      case 'content-length':
        if (strict && length !== -1) return duplicateLine(headers, at);
        if (strict && chunked)
          return 'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time';
        length = parseContentLength(value);
        if (strict && length === -1)
          return `upstream sent invalid "Content-Length" header: "${headers[at]}: ${value}"`;
        break;
      case 'transfer-encoding':
        if (!strict) {
          chunked ||= value.toLowerCase().includes('chunked');
          break;
        }
        if (chunked) return duplicateLine(headers, at);
        if (length !== -1)
          return 'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time';
        if (value.toLowerCase() !== 'chunked') return `upstream sent unknown "Transfer-Encoding": "${value}"`;
        chunked = true;
        break;
      case 'connection':
        if (value.toLowerCase().includes('close')) close = true;
        break;
    }
  }
  exchange.chunked = chunked;
  exchange.declaredLength = chunked ? -1 : length;
  exchange.keepalive = !close;
  const { status } = exchange;
  const empty = status === 204 || status === 304 || exchange.method === 'HEAD';
  exchange.contentLength = empty ? 0 : chunked ? -1 : length;
  if (empty) exchange.chunked = false;
  if (!empty && !chunked && length === -1) exchange.keepalive = false;
  if (status === switchingProtocols) {
    exchange.keepalive = false;
    exchange.contentLength = -1;
    exchange.chunked = false;
  }
  if (exchange.gateway !== null) {
    exchange.chunked = false;
    // After HEAD nobody knows whether a body follows (ngx_http_uwsgi_input_filter_init).
    const unsure = exchange.method === 'HEAD' ? -1 : exchange.declaredLength;
    exchange.contentLength = status === 204 || status === 304 ? 0 : unsure;
    exchange.keepalive = exchange.keepsConnection;
  }
  return null;
}

/** What nginx says of a line that repeats an earlier one; `at` is where its name stands in the list. */
export function duplicateLine(headers: readonly string[], at: number): string {
  const before = headers.findIndex((each, index) => index % 3 === 1 && each === headers[at + 1]) - 1;
  const line = (index: number): string => `"${headers[index]}: ${headers[index + 2]}"`;
  return `upstream sent duplicate header line: ${line(at)}, previous value: ${line(before)}`;
}
