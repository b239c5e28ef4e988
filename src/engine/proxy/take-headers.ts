import { parseHttpDate } from '../algorithms/http-date.ts';
import { header } from '../http/headers.ts';
import type { Request } from '../request.ts';
import type { Exchange } from './exchange.ts';

const letterA = 0x61;

/** ngx_http_upstream_process_headers: what goes on to the client, `only` some of them after X-Accel-Redirect. */
export function takeHeaders(
  request: Request,
  exchange: Exchange,
  only: ReadonlySet<string> | null = null,
): void {
  const { rules } = exchange.proxy;
  const { hidden } = rules;
  const { headers, settings } = exchange;
  const { entry, fromCache } = exchange;
  if (entry !== null && (entry.noCache || entry.expired)) exchange.cacheable = false;
  const out = request.headersOut;
  for (let at = 0; at < headers.length; at += 3) {
    const name = headers[at]!;
    const lower = headers[at + 1]!;
    let value = headers[at + 2]!;
    if (lower.charCodeAt(2) === letterA && lower.startsWith('x-accel-'))
      takeAccel(request, exchange, lower, value, settings.proxy_ignore_headers);
    if (only !== null ? !only.has(lower) : hidden.has(lower)) continue;
    switch (lower) {
      case 'content-length':
      case 'connection':
      case 'keep-alive':
      case 'transfer-encoding':
        continue;
      case 'content-type':
        request.contentType = value;
        request.charset = '';
        continue;
      case 'etag':
        if (!exchange.cacheable && !fromCache) break;
        request.etag = value;
        request.etagListed = true;
        break;
      case 'accept-ranges':
        if (settings.proxy_force_ranges) continue;
        if (!exchange.cacheable && !fromCache) break;
        request.acceptRanges = true;
        request.singleRange = !fromCache;
        continue;
      case 'location': {
        const made = rules.rewriteLocation(request, value, 0);
        if (made !== null) {
          value = made;
          if (made.startsWith('/') && request.location.core.absolute_redirect) {
            request.redirect = made;
            continue;
          }
        }
        break;
      }
      case 'refresh': {
        const url = /url=/i.exec(value);
        if (url !== null) value = rules.rewriteLocation(request, value, url.index + 4) ?? value;
        break;
      }
      case 'set-cookie':
        if (rules.rewriteCookie !== null) value = rules.rewriteCookie(request, value);
        break;
      case 'last-modified':
        request.lastModified = parseHttpDate(value) ?? -1;
        request.lastModifiedListed = true;
        break;
    }
    out.push(name, value);
  }
  request.serverPassed = isPassed(exchange, 'server');
  request.datePassed = isPassed(exchange, 'date');
  request.status = exchange.status;
  request.statusLine = exchange.reason;
  request.contentLengthOut = exchange.declaredLength;
  request.fromUpstream = true;
  // An answer that sends the request on never comes to it (ngx_http_upstream_process_headers).
  if (settings.proxy_force_ranges && only === null) {
    request.acceptRanges = true;
    request.singleRange = !fromCache;
  }
}

/** Whether nginx adds none of its own. An HTTP upstream's is missing then where it sent none (ngx_http_proxy_process_header). */
function isPassed({ proxy, gateway, headers }: Exchange, name: string): boolean {
  return !proxy.rules.hidden.has(name) && (gateway === null || header(headers, name) !== undefined);
}

/** X-Accel-Limit-Rate and X-Accel-Buffering. */
function takeAccel(
  request: Request,
  exchange: Exchange,
  lower: string,
  value: string,
  ignored: readonly string[],
): void {
  const ignores = (name: string): boolean => ignored.some((each) => each.toLowerCase() === name);
  if (ignores(lower)) return;
  if (lower === 'x-accel-limit-rate' && /^\d{1,18}$/.test(value)) request.limitRate = Number(value);
  else if (lower === 'x-accel-buffering' && /^(yes|no)$/i.test(value))
    exchange.buffering = value.toLowerCase() === 'yes';
  else if (lower === 'x-accel-charset') request.overrideCharset = value;
}
