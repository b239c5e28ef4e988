import type { Content } from '../../3-plan/schema.ts';
import { tables } from '../../3-plan/schema/tables.ts';
import type { ProxyPass } from '../../3-plan/schema/proxy.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { CompiledProxy } from '../proxy/compile.ts';
import { compileProxy } from '../proxy/compile.ts';
import { compileResponseRules } from '../proxy/response-rules.ts';
import { compileParams } from './params.ts';

/** ngx_http_fastcgi_hide_headers. */
const hiddenByDefault = [
  'Status',
  'X-Accel-Expires',
  'X-Accel-Redirect',
  'X-Accel-Limit-Rate',
  'X-Accel-Buffering',
  'X-Accel-Charset',
];

/** What a location with `fastcgi_pass` does to a request: what one with `proxy_pass` does, but for head, records and hidden headers. */
export function compileFastcgi(
  cx: EngineContext,
  { upstream, address, origin }: Extract<Content, { kind: 'fastcgi' }>,
  all: AllSettings,
): CompiledProxy {
  const settings = upstreamSettings(cx, all);
  const parts = typeof address === 'string' ? [address] : address;
  const pass: ProxyPass = {
    scheme: 'http',
    host: '',
    port: '',
    written: '',
    uri: null,
    upstream,
    // With a scheme in front it can be read like that of proxy_pass.
    url: parts === null ? null : ['http://', ...parts],
    origin,
  };
  return {
    ...compileProxy(cx, pass, settings, '', null),
    scheme: 'fastcgi',
    head: compileParams(cx, all),
    rules: compileResponseRules(cx, settings, null, hiddenByDefault),
  };
}

/** The settings of this protocol under the names that the exchange with any upstream knows them by. */
function upstreamSettings(cx: EngineContext, { fastcgi }: AllSettings): AllSettings['proxy'] {
  const own = Object.entries(fastcgi).map(
    ([name, value]) => [name.replace('fastcgi_', 'proxy_'), value] as const,
  );
  return {
    ...cx.settings('proxy', undefined),
    ...Object.fromEntries(own.filter(([name]) => name in tables.proxy)),
    proxy_cache_convert_head: false,
    proxy_http_version: '1.1',
    proxy_redirect: 'off',
    proxy_ssl_name: '',
  };
}
