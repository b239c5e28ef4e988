import type { GatewayName, GatewayParam } from '../schema/gateways.ts';
import { parseAddress, uwsgiAddress } from '../schema/proxy-target.ts';
import { parseTemplate } from '../template-text.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { word } from './lowering.ts';
import { appendWord, bind, passLowerings, upstreamTlsLowerings } from './pass.ts';
import { declareCaptures } from './regex.ts';
import { upstreamFor } from './upstream.ts';

/** ngx_http_fastcgi_module, ngx_http_uwsgi_module, ngx_http_scgi_module and ngx_http_memcached_module. */
export const gatewayLowerings: Lowerings = {
  ...programLowerings('fastcgi'),
  fastcgi_split_path_info(cx, level, directive) {
    const pattern = word(directive, 0);
    declareCaptures(cx, pattern, directive);
    level.set('fastcgi', 'fastcgi_split_path_info', { pattern, caseless: false }, directive);
  },
  fastcgi_catch_stderr: appendWord('fastcgi'),
  ...programLowerings('uwsgi'),
  ...upstreamTlsLowerings('uwsgi'),
  ...programLowerings('scgi'),
  memcached_pass: pass('memcached'),
  memcached_bind: bind('memcached'),
};

/** The protocols that programs are reached by. */
function programLowerings(module: Exclude<GatewayName, 'memcached'>): Lowerings {
  return {
    ...passLowerings(module),
    [`${module}_pass`]: pass(module),
    [`${module}_param`](cx, level, directive) {
      level.list<GatewayParam>(module, directive.name, directive).push({
        name: word(directive, 0),
        value: parseTemplate(word(directive, 1)),
        skipEmpty: word(directive, 2) === 'if_not_empty',
        origin: cx.origin(directive),
      });
    },
  };
}

/** `…_pass`; uwsgi alone has schemes, and it and SCGI no redirect to a name with `/` where the address has variables. */
function pass(protocol: GatewayName): DirectiveLowering {
  const redirectsAlways = protocol === 'fastcgi';
  return (cx, level, directive) => {
    const text = word(directive, 0);
    const variable = protocol !== 'memcached' && text.includes('$');
    if (level.location?.name.endsWith('/') && (redirectsAlways || !variable))
      level.location.autoRedirect = true;
    const content = { kind: 'gateway', protocol, tls: false, origin: cx.origin(directive) } as const;
    if (variable) return level.setContent({ ...content, upstream: -1, address: parseTemplate(text) });
    const { tls, address } = protocol === 'uwsgi' ? uwsgiAddress(text) : { tls: false, address: text };
    const target = parseAddress({ tls, address });
    if ('error' in target) return;
    level.setContent({
      ...content,
      tls,
      upstream: upstreamFor(cx, target, directive),
      address: null,
    });
  };
}
