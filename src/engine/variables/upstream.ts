import type { Request } from '../request.ts';
import type { UpstreamAttempt } from '../upstream-exchange.ts';
import { cacheEtag, cacheLastModified } from '../proxy/cache-conditions.ts';
import { exchangeOf } from '../proxy/exchange.ts';
import { seconds } from './time.ts';
import type { Variables } from './variables.ts';

/**
 * `$upstream_*` with several attempts: values are separated by commas, or by colons where an internal redirect began
 * another exchange (ngx_http_upstream_addr_variable).
 */
export function defineUpstreamVariables(variables: Variables): void {
  const each = (name: string, show: (attempt: UpstreamAttempt) => string): void =>
    variables.define(name, { cached: false, get: (request) => joined(request, show) });
  each('upstream_addr', (attempt) => attempt.peer);
  each('upstream_status', (attempt) => (attempt.status === 0 ? '-' : String(attempt.status)));
  each('upstream_connect_time', (attempt) => time(attempt.connectTime));
  each('upstream_header_time', (attempt) => time(attempt.headerTime));
  each('upstream_response_time', (attempt) => time(attempt.responseTime));
  each('upstream_response_length', (attempt) => String(Math.max(attempt.responseLength, 0)));
  each('upstream_bytes_received', (attempt) => String(Math.max(attempt.bytesReceived, 0)));
  each('upstream_bytes_sent', (attempt) => String(Math.max(attempt.bytesSent, 0)));
  variables.define('upstream_cache_status', {
    cached: false,
    get: (request) => (request.upstream === null ? null : exchangeOf(request).cacheStatus || null),
  });
  variables.define('upstream_cache_last_modified', {
    cached: false,
    get: (request) => (request.upstream === null ? null : cacheLastModified(exchangeOf(request))),
  });
  variables.define('upstream_cache_etag', {
    cached: false,
    get: (request) => (request.upstream === null ? null : cacheEtag(exchangeOf(request))),
  });
  variables.define('upstream_last_server_name', {
    cached: false,
    get: (request) => request.upstream?.serverName ?? null,
  });
}

function time(milliseconds: number): string {
  return milliseconds < 0 ? '-' : seconds(milliseconds);
}

function joined(request: Request, show: (attempt: UpstreamAttempt) => string): string | null {
  const states = request.upstreamStates;
  if (states === null || states.length === 0) return null;
  let text = '';
  for (const [index, attempt] of states.entries()) {
    if (index > 0) text += attempt.firstOfExchange ? ' : ' : ', ';
    text += show(attempt);
  }
  return text;
}
