import { headerRefused, takeHeaderLine } from '../http/headers.ts';
import type { Request } from '../request.ts';
import { exchangeOf } from './exchange.ts';

/** Trailer lines as they came, as a list of headers: name, lower-case name, value. */
export function trailerLines(text: string): string[] {
  const headers: string[] = [];
  const zero = text.indexOf('\0');
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const empty = text[start] === '\r' || end === start;
    if (!empty && takeHeaderLine(headers, text, start, end, true, zero) === headerRefused) break;
    start = end + 1;
  }
  return headers;
}

/** `proxy_pass_trailers`: what the upstream sent behind its body, but for hidden headers. */
export function passTrailers(request: Request): void {
  const { upstream } = request;
  if (upstream === null || upstream.trailers === '' || !upstream.settings.proxy_pass_trailers) return;
  const { hidden } = exchangeOf(request).proxy.rules;
  const headers = trailerLines(upstream.trailers);
  for (let at = 0; at < headers.length; at += 3)
    if (!hidden.has(headers[at + 1]!)) request.trailersOut.push(headers[at]!, headers[at + 2]!);
}
