import { parseHttpDate } from '../algorithms/http-date.ts';
import type { GzipCoding } from '../api.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import { clearLength, hasType, isEncoded, listed, weakenEtag } from '../response/entity.ts';
import { removeHeader } from '../response/remove-header.ts';
import type { HeadFilter } from './module.ts';

const compressible: ReadonlySet<number> = new Set([200, 403, 404]);

/** `gzip`: has the body compressed where the client takes it (ngx_http_gzip_header_filter). */
export function gzipFilter(cx: EngineContext, { gzip }: AllSettings): HeadFilter | null {
  if (!gzip.gzip) return null;
  return (request) => {
    const { contentLengthOut: length } = request;
    if (!compressible.has(request.status) || isEncoded(request)) return;
    if ((length !== -1 && length < gzip.gzip_min_length) || !hasType(request, gzip.gzip_types)) return;
    if (request.headerOnly) return;
    request.gzipVary = true;
    if (!takesGzip(cx, request)) return;
    request.gzip = codingFor(gzip, length);
    request.headersOut.push('Content-Encoding', 'gzip');
    clearLength(request);
    weakenEtag(request);
  };
}

/** `gunzip`: has the body unpacked for clients that do not take gzip (ngx_http_gunzip_header_filter). */
export function gunzipFilter(cx: EngineContext, { gunzip }: AllSettings): HeadFilter | null {
  if (!gunzip.gunzip) return null;
  return (request) => {
    if (listed(request, 'content-encoding')?.toLowerCase() !== 'gzip') return;
    request.gzipVary = true;
    if (takesGzip(cx, request)) return;
    request.unpacks = true;
    removeHeader(request, 'content-encoding');
    clearLength(request);
    weakenEtag(request);
  };
}

/** `$gzip_ratio` (ngx_http_gzip_ratio_variable). */
export function defineGzipRatio(cx: EngineContext): void {
  cx.variables.define('gzip_ratio', {
    cached: false,
    get({ gzip }) {
      if (gzip === null || gzip.bytesOut === 0) return null;
      const thousandths = Math.floor((gzip.bytesIn * 1000) / gzip.bytesOut);
      return (Math.floor((thousandths + 5) / 10) / 100).toFixed(2);
    },
  });
}

/** zlib needs no window larger than the body, nor tables for it (ngx_http_gzip_filter_memory). */
function codingFor(gzip: AllSettings['gzip'], length: number): GzipCoding {
  let windowBits = Math.log2(gzip.gzip_window);
  let memLevel = Math.log2(gzip.gzip_hash) - 9;
  if (length > 0) for (; length < 2 ** (windowBits - 1) - 262; windowBits--) memLevel--;
  return {
    level: gzip.gzip_comp_level,
    windowBits,
    memLevel: Math.max(memLevel, 1),
    bytesIn: 0,
    bytesOut: 0,
  };
}

/** Whether the client gets compressed answers (ngx_http_gzip_ok); found out once. Subrequests never do. */
export function takesGzip(cx: EngineContext, request: Request): boolean {
  return (request.takesGzip ??= test(cx, request));
}

function test(cx: EngineContext, request: Request): boolean {
  if (request !== request.main) return false;
  const { gzip } = request.location;
  const accepted = header(request.headers, 'accept-encoding');
  if (accepted === undefined || !acceptsGzip(accepted)) return false;
  if (request.msie6 && gzip.disable_msie6) return false;
  if (request.httpVersion < (gzip.gzip_http_version === '1.0' ? 1000 : 1001)) return false;
  if (header(request.headers, 'via') !== undefined && !forProxies(cx, request)) return false;
  const agent = header(request.headers, 'user-agent');
  if (agent === undefined) return true;
  return !gzip.gzip_disable.some((pattern) => cx.regex(pattern).match(agent) !== null);
}

/** ngx_http_gzip_accept_encoding: `gzip` with a quality that is not zero; other words and `*` do not count. */
export function acceptsGzip(text: string): boolean {
  if (text.startsWith('gzip,')) return true;
  const found = /(?:^|[, ])gzip(.*)$/is.exec(text);
  if (found === null) return false;
  const parameters = /^ *(?:$|,|; *(?:$|q=(.+)$))/is.exec(found[1]!);
  if (parameters === null) return false;
  const quality = parameters[1];
  return quality === undefined || /^(?:1(?:\.0{0,3})?|0\.(?=0{0,2}[1-9])\d{1,3})(?:$|[, ])/.test(quality);
}

/** `gzip_proxied`: what is asked for through a proxy (`Via`). */
function forProxies(cx: EngineContext, request: Request): boolean {
  const proxied = request.location.gzip.gzip_proxied;
  const has = (word: string): boolean => proxied.includes(word);
  if (has('off')) return false;
  if (has('any')) return true;
  if (has('auth') && header(request.headers, 'authorization') !== undefined) return true;
  const expires = listed(request, 'expires');
  if (expires !== null) return has('expired') && isExpired(cx, request, expires);
  const control = request.headersOut.filter(
    (_, at, all) => at % 2 === 1 && all[at - 1]!.toLowerCase() === 'cache-control',
  );
  if (control.length > 0) {
    const words = control.flatMap((value) => value.split(',').map((word) => word.trim().toLowerCase()));
    return ['no-cache', 'no-store', 'private'].some((word) => has(word) && words.includes(word));
  }
  if (has('no_last_modified') && listed(request, 'last-modified') !== null) return false;
  return !(has('no_etag') && (request.etag !== '' || listed(request, 'etag') !== null));
}

function isExpired(cx: EngineContext, request: Request, expires: string): boolean {
  const given = listed(request, 'date');
  const date = given === null ? cx.seconds : parseHttpDate(given);
  const end = parseHttpDate(expires);
  return end !== null && date !== null && end < date;
}
