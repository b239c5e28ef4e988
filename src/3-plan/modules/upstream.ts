import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import type { LowerContext } from '../lower-context.ts';
import type { PlanUpstream, UpstreamAddress, UpstreamServer } from '../schema/upstream.ts';
import { plainServer, plainUpstream } from '../schema/upstream.ts';
import { parseTemplate } from '../template-text.ts';
import type { ProxyTarget } from '../schema/proxy-target.ts';
import { word, words } from './lowering.ts';
import { lowerResolver } from './resolver.ts';
import { lowerSticky } from './sticky.ts';

type UpstreamLowering = (cx: LowerContext, upstream: PlanUpstream, directive: ResolvedDirective) => void;

/** What `keepalive` keeps when nothing else is said. */
const keepaliveDefaults = { time: 3_600_000, timeout: 60_000 };

function keepalive(cx: LowerContext, upstream: PlanUpstream): NonNullable<PlanUpstream['keepalive']> {
  upstream.keepalive ??= {
    connections: 0,
    requests: cx.since('1.19.10') ? 1000 : 100,
    local: false,
    ...keepaliveDefaults,
  };
  return upstream.keepalive;
}

/** Directives of an `upstream` block. */
const lowerings: Readonly<Record<string, UpstreamLowering>> = {
  server: (cx, upstream, directive) => {
    upstream.servers.push(lowerServer(cx, directive));
  },
  zone: (_cx, upstream, directive) => {
    upstream.zone = word(directive, 0);
  },
  resolver: (cx, upstream, directive) => {
    upstream.resolver = lowerResolver(cx, directive);
  },
  resolver_timeout: (_cx, upstream, directive) => {
    upstream.resolverTimeout = parseMilliseconds(word(directive, 0)) ?? upstream.resolverTimeout;
  },
  ip_hash: (_cx, upstream) => {
    upstream.balance = { method: 'ip_hash' };
  },
  least_conn: (_cx, upstream) => {
    upstream.balance = { method: 'least_conn' };
  },
  random: (_cx, upstream, directive) => {
    upstream.balance = { method: 'random', two: word(directive, 0) === 'two' };
  },
  hash: (_cx, upstream, directive) => {
    upstream.balance = {
      method: 'hash',
      key: parseTemplate(word(directive, 0)),
      consistent: word(directive, 1) === 'consistent',
    };
  },
  least_time: (_cx, upstream, directive) => {
    upstream.balance = {
      method: 'least_time',
      mode: word(directive, 0) === 'header' ? 'header' : 'last_byte',
      inflight: word(directive, 1) === 'inflight',
    };
  },
  sticky: (_cx, upstream, directive) => {
    upstream.sticky = lowerSticky(words(directive));
  },
  keepalive: (cx, upstream, directive) => {
    const settings = keepalive(cx, upstream);
    settings.connections = parseNumber(word(directive, 0)) ?? 0;
    settings.local = word(directive, 1) === 'local';
  },
  keepalive_requests: (cx, upstream, directive) => {
    keepalive(cx, upstream).requests = parseNumber(word(directive, 0)) ?? 1000;
  },
  keepalive_time: (cx, upstream, directive) => {
    keepalive(cx, upstream).time = parseMilliseconds(word(directive, 0)) ?? keepaliveDefaults.time;
  },
  keepalive_timeout: (cx, upstream, directive) => {
    keepalive(cx, upstream).timeout = parseMilliseconds(word(directive, 0)) ?? keepaliveDefaults.timeout;
  },
};

/** `upstream NAME { … }`. */
export function lowerUpstream(cx: LowerContext, directive: ResolvedDirective, block: ResolvedBlock): void {
  const upstream = plainUpstream({
    name: word(directive, 0),
    explicit: true,
    port: 0,
    origin: cx.origin(directive),
  });
  // Since 1.29.7 connections are kept without being asked for, not shared between locations.
  if (cx.since('1.29.7')) Object.assign(keepalive(cx, upstream), { connections: 32, local: true });
  for (const inner of block.directives) {
    if (!inner.valid || inner.name === 'include') continue;
    const lower = lowerings[inner.name];
    if (lower === undefined) cx.notImplemented(inner);
    else lower(cx, upstream, inner);
  }
  if (upstream.keepalive?.connections === 0) upstream.keepalive = null;
  cx.http.upstreams.push(upstream);
}

/** ngx_http_upstream_server. */
function lowerServer(cx: LowerContext, directive: ResolvedDirective): UpstreamServer {
  const [name = '', ...options] = words(directive);
  const server = plainServer(name, addressesOf(name, 80), cx.origin(directive));
  for (const option of options) {
    const [key = '', value = ''] = option.split(/=(.*)/s);
    if (key === 'weight') server.weight = parseNumber(value) ?? 1;
    else if (key === 'max_conns') server.maxConns = parseNumber(value) ?? 0;
    else if (key === 'max_fails') server.maxFails = parseNumber(value) ?? 1;
    else if (key === 'fail_timeout') server.failTimeout = (parseSeconds(value) ?? 10) * 1000;
    else if (key === 'backup') server.backup = true;
    else if (key === 'down') server.down = true;
    else if (key === 'resolve') server.resolve = true;
    else if (key === 'service') server.service = value;
    else if (key === 'route') server.route = value;
    else if (key === 'drain') server.drain = true;
  }
  return server;
}

/** Addresses that need no look-up; empty for host names. */
function addressesOf(text: string, defaultPort: number): UpstreamAddress[] {
  if (text.startsWith('unix:')) return [{ host: '', port: 0, path: text.slice(5), name: text }];
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text);
  if (match === null) return [];
  const host = match[1]!.replace(/^\[|\]$/g, '');
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (host.includes(':')) return [{ host, port, path: '', name: `[${host}]:${port}` }];
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return [{ host, port, path: '', name: `${host}:${port}` }];
  if (host === 'localhost') return [{ host: '127.0.0.1', port, path: '', name: `127.0.0.1:${port}` }];
  return [];
}

/** The upstream that a constant `proxy_pass` means: a block of that name, or one made for the address (ngx_http_upstream_add). */
export function upstreamFor(cx: LowerContext, target: ProxyTarget, directive: ResolvedDirective): number {
  const key = target.host.toLowerCase();
  const named = cx.upstreamIndex.get(key);
  if (named !== undefined && (!target.hasPort || !cx.http.upstreams[named]!.explicit)) return named;
  const full = `${key}:${target.port}`;
  const known = cx.upstreamIndex.get(full);
  if (known !== undefined) return known;
  const origin = cx.origin(directive);
  const upstream = plainUpstream({ name: target.host, explicit: false, port: target.port, origin });
  const unix = target.host.startsWith('unix:');
  const name = unix ? target.host : `${target.host}:${target.port}`;
  upstream.servers.push(plainServer(name, addressesOf(name, target.port), origin));
  const index = cx.http.upstreams.push(upstream) - 1;
  cx.upstreamIndex.set(full, index);
  return index;
}
