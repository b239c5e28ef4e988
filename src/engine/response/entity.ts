import type { Request } from '../request.ts';
import { removeHeader } from './remove-header.ts';

/**
 * What filters that change a body do to its description. Headers of an upstream, and those of `add_header`, stand in the
 * list; others are fields of the request.
 */

/** The first value of a header (lower-case name) of the answer's list; null without. */
export function listed({ headersOut }: Request, name: string): string | null {
  for (let at = 0; at < headersOut.length; at += 2)
    if (headersOut[at]!.toLowerCase() === name) return headersOut[at + 1]!;
  return null;
}

/** Whether the content type is one of `types` (ngx_http_test_content_type). Its parameters do not count; `*` is for any and for none. */
export function hasType({ contentType }: Request, types: readonly string[]): boolean {
  if (types.includes('*')) return true;
  if (contentType === '') return false;
  const end = contentType.indexOf(';');
  const bare = (end === -1 ? contentType : contentType.slice(0, end)).trimEnd().toLowerCase();
  return types.some((type) => type.toLowerCase() === bare);
}

/** Whether the answer has a coding already (`Content-Encoding`). */
export function isEncoded(request: Request): boolean {
  const coding = listed(request, 'content-encoding');
  return coding !== null && coding !== '';
}

/** The body's length is not known any more, and parts of it cannot be asked for. */
export function clearLength(request: Request): void {
  request.contentLengthOut = -1;
  clearRanges(request);
}

/** ngx_http_clear_accept_ranges. */
function clearRanges(request: Request): void {
  request.acceptRanges = false;
  removeHeader(request, 'accept-ranges');
}

/** Takes date and tag away, or with `keepsDate` keeps the date and makes the tag a weak one (`…_last_modified on`). */
export function changeValidators(request: Request, keepsDate: boolean): void {
  if (keepsDate) {
    weakenEtag(request);
    return;
  }
  request.lastModified = -1;
  request.etag = '';
  removeHeader(request, 'last-modified');
  removeHeader(request, 'etag');
}

/** ngx_http_weak_etag: what is no tag at all is taken away. */
export function weakenEtag(request: Request): void {
  request.etag = weak(request.etag);
  const { headersOut } = request;
  for (let at = headersOut.length - 2; at >= 0; at -= 2) {
    if (headersOut[at]!.toLowerCase() !== 'etag') continue;
    const tag = weak(headersOut[at + 1]!);
    if (tag === '') headersOut.splice(at, 2);
    else headersOut[at + 1] = tag;
  }
}

function weak(tag: string): string {
  if (tag.length > 2 && tag.startsWith('W/')) return tag;
  return tag.startsWith('"') ? `W/${tag}` : '';
}
