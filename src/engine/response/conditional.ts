import { parseHttpDate } from '../algorithms/http-date.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';

/**
 * ngx_http_not_modified_header_filter for an answer 200 with known date or tag: 304, 412, or 0 to send it whole.
 */
export function conditionalStatus(request: Request): 0 | 304 | 412 {
  if (request.status !== 200 || request !== request.main) return 0;
  const { headers } = request;
  const unmodified = header(headers, 'if-unmodified-since');
  if (unmodified !== undefined && !isUnmodified(request, unmodified)) return 412;
  const match = header(headers, 'if-match');
  if (match !== undefined && !matches(request, match, false)) return 412;
  const modified = header(headers, 'if-modified-since');
  const noneMatch = header(headers, 'if-none-match');
  if (modified === undefined && noneMatch === undefined) return 0;
  if (modified !== undefined && isModified(request, modified)) return 0;
  if (noneMatch !== undefined && !matches(request, noneMatch, true)) return 0;
  return 304;
}

function isUnmodified(request: Request, text: string): boolean {
  if (request.lastModified === -1) return false;
  const date = parseHttpDate(text);
  return date !== null && request.lastModified <= date;
}

function isModified(request: Request, text: string): boolean {
  if (request.lastModified === -1) return true;
  const { if_modified_since: mode } = request.location.core;
  if (mode === 'off') return true;
  const date = parseHttpDate(text) ?? -1;
  if (date === request.lastModified) return false;
  return mode === 'exact' || date < request.lastModified;
}

/** Whether the answer's tag is in the list of a condition (ngx_http_test_if_match). */
function matches(request: Request, list: string, weak: boolean): boolean {
  if (list === '*') return true;
  if (request.etag === '') return false;
  const strip = (tag: string): string => (weak && tag.startsWith('W/') ? tag.slice(2) : tag);
  const own = strip(request.etag);
  for (const [tag] of list.matchAll(/(?:W\/)?"[^"]*"/g)) if (strip(tag) === own) return true;
  return false;
}
