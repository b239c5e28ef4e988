import { parseAddress, parseTarget } from '../../3-plan/schema/proxy-target.ts';
import { parseAddressPort, printIp } from '../algorithms/address-port.ts';
import { clientAddress } from '../algorithms/cidr.ts';
import type { EngineContext } from '../context.ts';
import { again, declined } from '../phases/phase.ts';
import type { Request } from '../request.ts';
import { traceAs } from '../trace.ts';
import { startSelection } from '../upstream/selection.ts';
import type { CompiledProxy } from './compile.ts';
import { directivePrefix } from './compile.ts';
import { Exchange } from './exchange.ts';
import { begunExchange, lookInCache } from './cache.ts';
import { leaveEarlier } from './leave-cache.ts';
import { connectNext, finalizing } from './next.ts';
import type { Target } from './target.ts';
import { noTarget } from './target.ts';
import type { CompiledUpstream } from './upstreams.ts';
import { findUpstream, runtimeUpstream, upstreamOf } from './upstreams.ts';

const internalError = 500;
const badGateway = 502;

/** ngx_http_proxy_handler and ngx_http_upstream_init_request: reads the body if it has to, finds the upstream, chooses a server. */
export function proxyHandler(cx: EngineContext, request: Request): number {
  const proxy = request.location.proxyPass;
  if (proxy === null) {
    cx.world.log('error', 'no upstream configuration', request);
    return internalError;
  }
  const { settings } = proxy;
  const streams =
    !settings.proxy_request_buffering &&
    settings.proxy_set_body === null &&
    settings.proxy_pass_request_body &&
    (!request.chunkedRequest || settings.proxy_http_version === '1.1');
  // The target is made before the body is read, and only once.
  const target = request.target ?? targetOf(cx, request, proxy);
  if (typeof target === 'number') {
    request.target = noTarget;
    return target;
  }
  request.target = target;
  if (request.hasBody && request.requestBody === null && !(streams && request === request.main)) {
    request.action = 'read-body';
    return again;
  }
  if (proxy.cache !== null) {
    const found = lookInCache(cx, request, proxy, target);
    if (found !== declined) return found;
  }
  const upstream = findServers(cx, request, proxy, target);
  if (typeof upstream === 'number') {
    if (upstream !== again) request.main.activity = finalizing;
    return upstream;
  }
  return startExchange(cx, request, { proxy, target, upstream });
}

function targetOf(cx: EngineContext, request: Request, proxy: CompiledProxy): Target | number {
  const { pass } = proxy;
  if (proxy.url === null)
    return { scheme: pass.scheme, host: '', uri: pass.uri ?? '', hostHeader: pass.host, portText: pass.port };
  const text = proxy.url.evaluate(request);
  const address = proxy.gateway?.address(text) ?? null;
  const target = address === null ? parseTarget(text) : parseAddress(address);
  if (!('error' in target)) return target;
  const { error } = target;
  const place =
    error === 'invalid URL prefix'
      ? `"${text}"`
      : `upstream "${address?.address ?? text.slice(text.indexOf('//') + 2)}"`;
  cx.world.log('error', `${error} in ${place}`, request);
  if (request.trace !== null)
    traceAs(
      request,
      'upstream',
      pass.origin,
      `${directivePrefix(proxy)}_pass gives "${text}", which is no address`,
    );
  return internalError;
}

/** The upstream block of that name, an address, or a name that has to be resolved. */
export function findServers(
  cx: EngineContext,
  request: Request,
  proxy: CompiledProxy,
  target: Target,
): CompiledUpstream | number {
  if (proxy.pass.upstream !== -1) return upstreamOf(cx, proxy.pass.upstream);
  const full = target as Target & { port: number; hasPort: boolean };
  const known = findUpstream(cx, full.host, full.port, full.hasPort);
  if (known !== -1) return upstreamOf(cx, known);
  if (proxy.gateway !== null && !full.hasPort && !full.host.startsWith('unix:')) {
    cx.world.log('error', `no port in upstream "${full.host}"`, request);
    return internalError;
  }
  if (full.host.startsWith('unix:'))
    return runtimeUpstream(cx, full.host, [{ host: '', port: 0, path: full.host.slice(5), name: full.host }]);
  const bare = full.host.replace(/^\[|\]$/g, '');
  const literal = clientAddress(bare);
  if (literal !== null && literal !== 'unix')
    return runtimeUpstream(cx, full.host, [address(bare, full.port)]);
  return resolveHost(cx, request, full);
}

function address(host: string, port: number) {
  return { host, port, path: '', name: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` };
}

function resolveHost(
  cx: EngineContext,
  request: Request,
  { host, port }: { host: string; port: number },
): CompiledUpstream | number {
  const { resolver } = request.location.core;
  if (resolver === -1) {
    cx.world.log('error', `no resolver defined to resolve ${host}`, request);
    if (request.trace !== null) traceAs(request, 'upstream', -1, `no resolver defined to resolve ${host}`);
    return badGateway;
  }
  const { resolve } = request;
  if (resolve === null || resolve.name !== host) {
    request.resolve = { name: host, resolver, addresses: [], error: '' };
    request.action = 'resolve';
    return again;
  }
  request.resolve = null;
  if (resolve.addresses.length === 0) {
    cx.world.log('error', `${host} could not be resolved (${resolve.error || '3: Host not found'})`, request);
    return badGateway;
  }
  return runtimeUpstream(
    cx,
    host,
    resolve.addresses.map((each) => address(each, port)),
  );
}

interface Start {
  readonly proxy: CompiledProxy;
  readonly target: Target;
  readonly upstream: CompiledUpstream;
}

/** ngx_http_upstream_init_request: everything up to the choice of the first server. */
export function startExchange(
  cx: EngineContext,
  request: Request,
  { proxy, target, upstream }: Start,
): number {
  const pick = upstream.balancer.pick({
    key: upstream.key === null ? '' : upstream.key.evaluate(request),
    address: request.connection.remoteAddress,
  });
  const selection = startSelection(upstream.balancer.group, pick, proxy.settings.proxy_next_upstream_tries);
  const exchange = newExchange(cx, request, proxy, target);
  exchange.upstream = upstream;
  exchange.selection = selection;
  if (upstream.sticky !== null) exchange.stickyId = upstream.sticky.identify(request);
  if (!exchange.headless) exchange.pool = upstream.pool(request.location.id);
  exchange.passBody = proxy.settings.proxy_pass_request_body;
  exchange.ownBody = proxy.settings.proxy_set_body !== null;
  exchange.chunkedBody = request.chunkedRequest && request.hasBody && request.requestBody === null;
  // The head is made once, before the first server is chosen, and is the same for all of them.
  exchange.head = proxy.head.write(request, exchange);
  if (exchange.head === null) return internalError;
  if (exchange.tls) setTls(cx, request, exchange);
  if (proxy.bind !== null) setBind(cx, request, exchange, proxy.bind.evaluate(request));
  if (request.trace !== null)
    traceAs(request, 'upstream', proxy.pass.origin, `proxied to upstream "${upstream.plan.name}"`);
  return connectNext(cx, request, exchange, true);
}

function newExchange(cx: EngineContext, request: Request, proxy: CompiledProxy, target: Target): Exchange {
  const begun = proxy.cache === null ? null : begunExchange(request);
  if (begun !== null) {
    begun.startedAt = cx.world.monotonic();
    return begun;
  }
  leaveEarlier(cx, request);
  const exchange = new Exchange(proxy, target, cx.world.monotonic());
  exchange.storing = proxy.settings.proxy_store !== null;
  request.upstream = exchange;
  return exchange;
}

function setTls(cx: EngineContext, request: Request, exchange: Exchange): void {
  const { sslName, certificate, certificateKey } = exchange.proxy;
  exchange.tlsName = (sslName === null ? exchange.hostHeader : sslName.evaluate(request)).replace(
    /:\d*$/,
    '',
  );
  exchange.tlsCertificate = cx.credential(certificate.evaluate(request));
  exchange.tlsKey = cx.credential(certificateKey.evaluate(request));
}

/** ngx_http_upstream_set_local: what is no address binds nothing. */
function setBind(cx: EngineContext, request: Request, exchange: Exchange, text: string): void {
  if (text === '') return;
  const local = parseAddressPort(text);
  if (local === null) {
    cx.world.log('error', `invalid local address "${text}"`, request);
    return;
  }
  exchange.bindAddress = printIp(local.address);
  exchange.bindPort = local.port;
}
