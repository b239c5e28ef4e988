import { escapeUri } from '../algorithms/escape-uri.ts';
import type { EngineContext } from '../context.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { startExchange } from '../proxy/handler.ts';
import type { ResponseHead } from '../proxy/parse-response.ts';
import type { HeadWriter } from '../proxy/request-head.ts';
import { noTarget } from '../proxy/target.ts';
import { upstreamOf } from '../proxy/upstreams.ts';
import type { Request } from '../request.ts';
import { contentTypeOf } from '../response/send.ts';
import type { Gateway } from './gateway.ts';
import { plainAddress } from './gateway.ts';

const notAllowed = 405;
const command = 'get ';
const lineEnd = '\r\n';

/** ngx_http_memcached_module.c: asks for the value of `$memcached_key`. */
export const memcached: Gateway = {
  name: 'memcached',
  framed: true,
  hidden: [],
  upgrades: false,
  replacesNotFound: true,
  settings: ({ memcached: { memcached_next_upstream } }) => ({
    proxy_buffering: false,
    proxy_max_temp_file_size: 0,
    proxy_force_ranges: true,
    proxy_pass_request_body: false,
    proxy_next_upstream: memcached_next_upstream.map((word) => faultNames[word] ?? word),
  }),
  address: plainAddress,
  compileHead,
  readHead,
};

/** Words of `memcached_next_upstream` that `proxy_next_upstream` has others for. */
const faultNames: Readonly<Record<string, string>> = {
  invalid_response: 'invalid_header',
  not_found: 'http_404',
};

/** ngx_http_memcached_handler */
export function memcachedHandler(cx: EngineContext, request: Request): number {
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed;
  const proxy = request.location.proxyPass!;
  request.contentType = contentTypeOf(request);
  const upstream = upstreamOf(cx, proxy.pass.upstream);
  return startExchange(cx, request, { proxy, target: noTarget, upstream });
}

function compileHead(cx: EngineContext): HeadWriter {
  const key = cx.template([{ var: 'memcached_key' }]);
  return {
    write(request, exchange) {
      exchange.method = request.method;
      const text = key.evaluate(request);
      if (text !== '') return command + escapeUri(text, 'memcached') + lineEnd;
      cx.world.log('error', 'the "$memcached_key" variable is not set', request);
      return null;
    },
  };
}

/** `VALUE key flags length` before the value, or `END` where there is none (ngx_http_memcached_process_header). */
function readHead(
  cx: EngineContext,
  request: Request,
  exchange: Exchange,
  bytes: string,
): ResponseHead | string | null {
  exchange.keepsConnection = true;
  exchange.wholeInHead = false;
  const end = bytes.indexOf('\n');
  if (end === -1) return null;
  const complete = bytes[end - 1] === '\r';
  const line = bytes.slice(0, complete ? end - 1 : end);
  const key = exchange.head!.slice(command.length, -lineEnd.length);
  const wrong = (what: string): string =>
    `memcached sent invalid ${what} in response "${line}" for key "${key}"`;
  if (complete && line === 'END') {
    cx.world.log('info', `key: "${key}" was not found by memcached`, request);
    exchange.wholeInHead = bytes.length === end + 1;
    return answer(404, 0, [], end + 1);
  }
  if (complete && line.startsWith('VALUE ')) {
    if (!line.startsWith(key, 6)) return wrong('key');
    const [, flags, length] = /^ ([^ \0]*) (.*)$/s.exec(line.slice(6 + key.length)) ?? [];
    if (flags !== undefined) {
      const { memcached_gzip_flag: compressed } = request.location.memcached;
      const isNumber = /^\d+$/.test(flags);
      if (compressed !== 0 && !isNumber) return wrong('flags');
      if (!/^\d+$/.test(length!)) return wrong('length');
      const coded = (BigInt(isNumber ? flags : 0) & BigInt(compressed)) !== 0n;
      const headers = coded ? ['Content-Encoding', 'content-encoding', 'gzip'] : [];
      return answer(200, length!, headers, end + 1);
    }
  }
  return `memcached sent invalid response: "${line}"`;
}

function answer(
  status: number,
  length: string | number,
  headers: readonly string[],
  end: number,
): ResponseHead {
  return {
    status,
    statusLine: '',
    modern: true,
    headers: ['Content-Length', 'content-length', String(length), ...headers],
    end,
  };
}
