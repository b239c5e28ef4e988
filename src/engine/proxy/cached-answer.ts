import { readFreshness } from '../cache/freshness.ts';
import type { EngineContext } from '../context.ts';
import { ok } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { traceAs } from '../trace.ts';
import { directivePrefix } from './compile.ts';
import type { Exchange } from './exchange.ts';
import { readFraming } from './framing.ts';
import { parseResponse } from './parse-response.ts';
import { takeHeaders } from './take-headers.ts';

/** The file has no head that could be sent. */
export const invalidEntry = -300;

const internalError = 500;

/** Answers with what is in the open file of the entry (ngx_http_upstream_cache_send): ok, or {@link invalidEntry}. */
export function sendCached(cx: EngineContext, request: Request, exchange: Exchange): number {
  const entry = exchange.entry!;
  const file = entry.file!;
  exchange.fromCache = true;
  if (entry.headerStart === entry.bodyStart) {
    // An answer without a head, of HTTP/0.9.
    request.httpVersion = 9;
    request.status = 200;
    request.keepalive = false;
    request.fromUpstream = true;
  } else if (!takeHead(cx, request, exchange, file.start)) {
    exchange.fromCache = false;
    cx.world.log('crit', `cache file "${entry.name}" contains invalid header`, request);
    return invalidEntry;
  }
  const { bodyStart } = entry;
  if (file.length <= file.start.length) request.body = file.start.slice(bodyStart);
  else
    request.body = [
      { kind: 'file', path: entry.name, descriptor: file.descriptor, start: bodyStart, end: file.length },
    ];
  return ok;
}

function takeHead(cx: EngineContext, request: Request, exchange: Exchange, text: string): boolean {
  const entry = exchange.entry!;
  const bytes = text.slice(entry.headerStart, entry.bodyStart);
  const head =
    exchange.gateway === null
      ? parseResponse(bytes, 0)
      : exchange.gateway.readHead(cx, request, exchange, bytes);
  if (head === null || typeof head === 'string' || 'invalid' in head) return false;
  exchange.status = head.status;
  exchange.reason = head.statusLine;
  exchange.headers = head.headers;
  if (readFraming(exchange, head.modern, cx.rules.duplicatesIgnored) !== null) return false;
  readFreshness(entry, head.headers, exchange.settings.proxy_ignore_headers, cx.seconds);
  if (entry.forbidden) exchange.cacheable = false;
  takeHeaders(request, exchange);
  return true;
}

/**
 * Answers with the expired answer of the cache after the upstream failed, where `proxy_cache_use_stale` or the answer itself
 * (`stale-if-error`, when `final`) allows it. Null otherwise.
 *
 * @param fault a word of `proxy_cache_use_stale`
 */
export function sendStale(
  cx: EngineContext,
  request: Request,
  exchange: Exchange,
  fault: string,
  final: boolean,
): number | null {
  const { entry, cacheStatus, proxy } = exchange;
  if (entry === null || cacheStatus !== 'EXPIRED') return null;
  if (!proxy.cache!.useStale.has(fault) && !(final && entry.staleError)) return null;
  exchange.cacheStatus = 'STALE';
  if (request.trace !== null)
    traceAs(
      request,
      'upstream',
      -1,
      `${directivePrefix(proxy)}_cache_use_stale: the expired answer is used after ${fault}`,
    );
  const sent = sendCached(cx, request, exchange);
  entry.free();
  return sent === invalidEntry ? internalError : sent;
}
