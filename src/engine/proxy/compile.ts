import type { ModuleSettings } from '../../3-plan/schema.ts';
import type { GatewayName } from '../../3-plan/schema/gateways.ts';
import type { ProxyPass } from '../../3-plan/schema/proxy.ts';
import type { EngineContext } from '../context.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { CompiledTemplate } from '../template.ts';
import type { CompiledCache } from './compile-cache.ts';
import { compileCache } from './compile-cache.ts';
import type { HeadWriter } from './request-head.ts';
import { compileHeadWriter } from './request-head.ts';
import type { ResponseRules } from './response-rules.ts';
import type { DefaultRedirect } from './response-rules.ts';
import { compileResponseRules } from './response-rules.ts';

/** `proxy_pass` of a location with everything that its requests share. */
export interface CompiledProxy {
  /** The protocol that is spoken; null: HTTP. */
  readonly gateway: Gateway | null;
  readonly pass: ProxyPass;
  /** The URL when it has variables. */
  readonly url: CompiledTemplate | null;
  /** The part of the URI that the URI of `proxy_pass` replaces. */
  readonly prefixLength: number;
  readonly settings: ModuleSettings<'proxy'>;
  readonly head: HeadWriter;
  readonly rules: ResponseRules;
  /** Null: the host of `pass`. */
  readonly sslName: CompiledTemplate | null;
  readonly bind: CompiledTemplate | null;
  /** Null when `proxy_cache` is off. */
  readonly cache: CompiledCache | null;
  /** Where `proxy_store` puts files; null for the file of the URI, or when it is off. */
  readonly storePath: CompiledTemplate | null;
  readonly certificate: CompiledTemplate;
  readonly certificateKey: CompiledTemplate;
  /** `tunnel_pass`: the tunnel is open when the connection is. */
  readonly tunnel: boolean;
  /** Failures and statuses of `proxy_next_upstream`. */
  readonly next: ReadonlySet<string>;
}

/** What the names of its directives begin with. */
export function directivePrefix({ gateway }: CompiledProxy): 'proxy' | GatewayName {
  return gateway === null ? 'proxy' : gateway.name;
}

/** What a location with `proxy_pass` does to a request, with its templates compiled. */
export function compileProxy(
  cx: EngineContext,
  pass: ProxyPass,
  settings: ModuleSettings<'proxy'>,
  locationName: string,
  redirect: DefaultRedirect | null,
): CompiledProxy {
  return {
    gateway: null,
    pass,
    url: pass.url === null ? null : cx.template(pass.url),
    prefixLength: locationName.length,
    settings,
    head: compileHeadWriter(cx, settings),
    rules: compileResponseRules(cx, settings, redirect),
    sslName: settings.proxy_ssl_name === null ? null : cx.template(settings.proxy_ssl_name),
    bind: settings.proxy_bind === null ? null : cx.template(settings.proxy_bind.address),
    cache: compileCache(cx, settings),
    storePath: settings.proxy_store?.path ? cx.template(settings.proxy_store.path) : null,
    certificate: cx.template(settings.proxy_ssl_certificate),
    certificateKey: cx.template(settings.proxy_ssl_certificate_key),
    tunnel: false,
    next: new Set(settings.proxy_next_upstream),
  };
}
