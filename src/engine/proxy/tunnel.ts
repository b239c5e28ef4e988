import type { Content } from '../../3-plan/schema.ts';
import { parseTarget } from '../../3-plan/schema/proxy-target.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledProxy } from './compile.ts';
import { compileProxy } from './compile.ts';
import { findServers, startExchange } from './handler.ts';
import { noTarget } from './target.ts';

const notAllowed = 405;
const internalError = 500;

/**
 * `tunnel_pass` of a location (ngx_http_tunnel_module.c): an exchange with an upstream without heads, so with the settings of
 * `proxy_*` that are about connections, from those of `tunnel_*`.
 */
export function compileTunnel(
  cx: EngineContext,
  content: Extract<Content, { kind: 'tunnel' }>,
  { tunnel }: AllSettings,
): CompiledProxy {
  const settings = {
    ...cx.settings('proxy', undefined),
    proxy_connect_timeout: tunnel.tunnel_connect_timeout,
    proxy_send_timeout: tunnel.tunnel_send_timeout,
    proxy_read_timeout: tunnel.tunnel_read_timeout,
    proxy_next_upstream: tunnel.tunnel_next_upstream,
    proxy_next_upstream_tries: tunnel.tunnel_next_upstream_tries,
    proxy_next_upstream_timeout: tunnel.tunnel_next_upstream_timeout,
    proxy_bind: tunnel.tunnel_bind,
    proxy_socket_keepalive: tunnel.tunnel_socket_keepalive,
  };
  const { upstream, url, origin } = content;
  const pass = { scheme: 'http' as const, host: '', port: '', written: '', uri: null, upstream, url, origin };
  return { ...compileProxy(cx, pass, settings, '', null), tunnel: true, head: { write: () => '' } };
}

/** ngx_http_tunnel_handler. */
export function tunnelHandler(cx: EngineContext, request: Request): number {
  if (request.method !== 'CONNECT') return notAllowed;
  const proxy = request.location.proxyPass!;
  const text = proxy.url === null ? '' : proxy.url.evaluate(request);
  const parsed = parseTarget(`http://${text}`);
  const target = 'error' in parsed ? null : parsed;
  if (proxy.url !== null && target === null) {
    cx.world.log('info', `invalid host in upstream "${text}"`, request);
    return internalError;
  }
  if (target !== null && !target.hasPort && !target.host.startsWith('unix:')) {
    cx.world.log('error', `no port in upstream "${target.host}"`, request);
    return internalError;
  }
  const wanted = target ?? noTarget;
  const upstream = findServers(cx, request, proxy, wanted);
  if (typeof upstream === 'number') return upstream;
  return startExchange(cx, request, { proxy, target: wanted, upstream });
}
