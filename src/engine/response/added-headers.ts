import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';
import type { ModuleSettings } from '../../3-plan/schema.ts';
import { applyExpires } from './expires.ts';

const safe: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

interface AddedHeader {
  readonly name: string;
  readonly lower: string;
  readonly value: CompiledTemplate;
  readonly always: boolean;
}

/** Applies `expires`, `add_header` and `add_trailer` (ngx_http_headers_filter); null when a level has none. */
export type HeadersFilter = (request: Request) => void;

/** `add_header`, `add_trailer` and `expires` of a location; null when it has none. */
export function compileHeadersFilter(
  cx: EngineContext,
  settings: ModuleSettings<'headers'>,
): HeadersFilter | null {
  const headers = compileList(cx, settings.add_header);
  const trailers = compileList(cx, settings.add_trailer);
  const { expires } = settings;
  const variable = expires === null || expires.value === null ? null : cx.template(expires.value);
  if (headers.length === 0 && trailers.length === 0 && (expires === null || expires.mode === 'off'))
    return null;
  return (request) => {
    const isSafe = safe.has(request.status);
    if (expires !== null && isSafe)
      applyExpires(request, expires, variable?.evaluate(request) ?? '', cx.world.now());
    for (const header of headers) {
      if (!isSafe && !header.always) continue;
      const value = header.value.constant ?? header.value.evaluate(request);
      addHeader(request, header, value);
    }
    if (trailers.some(({ always }) => isSafe || always)) request.expectTrailers = true;
  };
}

/** Adds the lines of `add_trailer` once the body is complete (ngx_http_trailers_filter); null when a level has none. */
export function compileTrailers(
  cx: EngineContext,
  settings: ModuleSettings<'headers'>,
): HeadersFilter | null {
  const trailers = compileList(cx, settings.add_trailer);
  if (trailers.length === 0) return null;
  return (request) => {
    const isSafe = safe.has(request.status);
    for (const { name, value, always } of trailers) {
      const text = isSafe || always ? value.evaluate(request) : '';
      if (text !== '') request.trailersOut.push(name, text);
    }
  };
}

function compileList(cx: EngineContext, list: ModuleSettings<'headers'>['add_header']): AddedHeader[] {
  return list.map(({ name, value, always }) => ({
    name,
    lower: name.toLowerCase(),
    value: cx.template(value),
    always,
  }));
}

/** Headers that nginx sets in a way of their own (ngx_http_set_headers); an empty value adds nothing. */
function addHeader(request: Request, { name, lower }: AddedHeader, value: string): void {
  if (lower === 'last-modified') {
    request.lastModified = -1;
    setHeader(request, name, lower, value);
  } else if (lower === 'etag') {
    // The tag of a file stands before all other lines, and keeps its place.
    const first = request.etag !== '' && !request.etagListed;
    request.etag = first ? value : '';
    if (!first) setHeader(request, name, lower, value);
  } else if (value !== '') request.headersOut.push(name, value);
}

/** Puts a value in the place of the (last) line that is there, '' takes that away (ngx_http_set_response_header). */
function setHeader({ headersOut }: Request, name: string, lower: string, value: string): void {
  const at = headersOut.findLastIndex((each, index) => index % 2 === 0 && each.toLowerCase() === lower);
  if (at === -1) {
    if (value !== '') headersOut.push(name, value);
  } else if (value === '') headersOut.splice(at, 2);
  else headersOut.splice(at, 2, name, value);
}
