import type { GatewayName, GatewayPass } from '../../3-plan/schema/gateways.ts';
import { tables } from '../../3-plan/schema/tables.ts';
import type { ProxyPass } from '../../3-plan/schema/proxy.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { CompiledProxy } from '../proxy/compile.ts';
import { compileProxy } from '../proxy/compile.ts';
import { compileResponseRules } from '../proxy/response-rules.ts';
import { fastcgi } from './fastcgi/fastcgi.ts';
import type { Gateway } from './gateway.ts';
import { memcached } from './memcached.ts';
import { scgi } from './scgi.ts';
import { uwsgi } from './uwsgi.ts';

const gateways: Readonly<Record<GatewayName, Gateway>> = { fastcgi, uwsgi, scgi, memcached };

/** What a location with `fastcgi_pass` or its like does to a request: what one with `proxy_pass` does, but for what the protocol says. */
export function compileGateway(cx: EngineContext, content: GatewayPass, all: AllSettings): CompiledProxy {
  const gateway = gateways[content.protocol];
  const settings = upstreamSettings(cx, all, gateway);
  const { upstream, address, tls, origin } = content;
  const pass: ProxyPass = {
    scheme: tls ? 'https' : 'http',
    host: upstream === -1 ? '' : cx.http.upstreams[upstream]!.name,
    port: '',
    written: '',
    uri: null,
    upstream,
    url: address,
    origin,
  };
  return {
    ...compileProxy(cx, pass, settings, '', null),
    gateway,
    head: gateway.compileHead(cx, all),
    rules: compileResponseRules(cx, settings, null, gateway.hidden),
  };
}

/** The settings of this protocol under the names that the exchange with any upstream knows them by. */
function upstreamSettings(cx: EngineContext, all: AllSettings, gateway: Gateway): AllSettings['proxy'] {
  const own = Object.entries(all[gateway.name]).map(
    ([name, value]) => [name.replace(gateway.name, 'proxy'), value] as const,
  );
  return {
    ...cx.settings('proxy', undefined),
    ...Object.fromEntries(own.filter(([name]) => name in tables.proxy)),
    proxy_cache_convert_head: false,
    proxy_redirect: 'off',
    ...gateway.settings(all),
  };
}
