import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { Level, LowerContext } from '../lower-context.ts';
import type { Content, ModuleSettings } from '../schema.ts';
import type { PlanRegex, Template } from '../schema/setting.ts';
import { parseTemplate } from '../template-text.ts';
import { parseTarget } from '../schema/proxy-target.ts';
import type { DirectiveLowering, Lowerings } from './lowering.ts';
import { word, words } from './lowering.ts';
import { bind, passLowerings, upstreamTlsLowerings } from './pass.ts';
import { upstreamFor } from './upstream.ts';

type Proxy = ModuleSettings<'proxy'>;
type SetHeader = Proxy['proxy_set_header'][number];
type RedirectRule = Exclude<Proxy['proxy_redirect'], 'off'>[number];
type CookieRule = Proxy['proxy_cookie_path'][number];
type CookieFlags = Proxy['proxy_cookie_flags'][number];

/** ngx_http_tunnel_module. */
export const tunnelLowerings: Lowerings = {
  tunnel_bind: bind('tunnel'),
  tunnel_pass(cx, level, directive) {
    const text = directive.values.length === 0 ? '$host:$request_port' : word(directive, 0);
    const variable = text.includes('$');
    const target = parseTarget(`http://${text}`);
    level.setContent({
      kind: 'tunnel',
      upstream: variable || 'error' in target ? -1 : upstreamFor(cx, target, directive),
      url: variable ? parseTemplate(text) : null,
      origin: cx.origin(directive),
    });
  },
};

/** ngx_http_proxy_module. */
export const proxyLowerings: Lowerings = {
  ...passLowerings('proxy'),
  ...upstreamTlsLowerings('proxy'),
  proxy_pass: lowerProxyPass,
  proxy_set_header(cx, level, directive) {
    level.list<SetHeader>('proxy', 'proxy_set_header', directive).push({
      name: word(directive, 0),
      value: parseTemplate(word(directive, 1)),
      origin: cx.origin(directive),
    });
  },
  proxy_set_body: (_cx, level, directive) =>
    level.set('proxy', 'proxy_set_body', parseTemplate(word(directive, 0)), directive),
  proxy_redirect(_cx, level, directive) {
    const [from = '', to = ''] = words(directive);
    if (from === 'off') return level.set('proxy', 'proxy_redirect', 'off', directive);
    const list = level.list<RedirectRule>('proxy', 'proxy_redirect', directive);
    if (!Array.isArray(list)) return;
    if (from === 'default' && directive.values.length === 1) list.push({ from: null, to: '' });
    else list.push({ from: source(from), to: parseTemplate(to) });
  },
  proxy_cookie_domain: cookieRule('proxy_cookie_domain'),
  proxy_cookie_path: cookieRule('proxy_cookie_path'),
  proxy_cookie_flags(_cx, level, directive) {
    const [name = '', ...flags] = words(directive);
    const list = level.list<CookieFlags>('proxy', 'proxy_cookie_flags', directive);
    // Patterns of cookie names always ignore case; no asterisk says so.
    const pattern = name.startsWith('~') ? { pattern: name.slice(1), caseless: true } : parseTemplate(name);
    if (name !== 'off' || flags.length > 0)
      list.push({ name: pattern, flags: flags.map((flag) => parseTemplate(flag)) });
  },
  proxy_http_version(cx, level, directive) {
    level.set('proxy', 'proxy_http_version', word(directive, 0), directive);
    if (word(directive, 0) === '2')
      cx.notImplemented(directive, { detail: 'HTTP/2 towards upstreams is not implemented.' });
  },
};

function source(text: string): Template | PlanRegex {
  if (!text.startsWith('~')) return parseTemplate(text);
  const caseless = text.startsWith('~*');
  return { pattern: text.slice(caseless ? 2 : 1), caseless };
}

function cookieRule(name: 'proxy_cookie_domain' | 'proxy_cookie_path'): DirectiveLowering {
  return (_cx, level, directive) => {
    const [from = '', to = ''] = words(directive);
    const list = level.list<CookieRule>('proxy', name, directive);
    // Domains ignore case, patterns of domains too.
    const ignoresCase = name === 'proxy_cookie_domain' && /^~(?!\*)/.test(from);
    const pattern = ignoresCase ? `~*${from.slice(1)}` : from;
    if (from !== 'off') list.push({ from: source(pattern), to: parseTemplate(to) });
  };
}

/** ngx_http_proxy_pass. */
function lowerProxyPass(cx: LowerContext, level: Level, directive: ResolvedDirective): void {
  const url = word(directive, 0);
  const origin = cx.origin(directive);
  if (level.location?.name.endsWith('/')) level.location.autoRedirect = true;
  if (url.includes('$')) {
    const pass = {
      scheme: 'http' as const,
      host: '',
      port: '',
      written: '',
      uri: null,
      upstream: -1,
      url: parseTemplate(url),
      origin,
    };
    return level.setContent({ kind: 'proxy', pass });
  }
  const target = parseTarget(url);
  if ('error' in target) return;
  const upstream = upstreamFor(cx, target, directive);
  const content: Content = {
    kind: 'proxy',
    pass: {
      scheme: target.scheme,
      host: target.hostHeader,
      port: target.portText,
      written: url.slice(target.scheme.length + 3),
      uri: target.uri === '' ? null : target.uri,
      upstream,
      url: null,
      origin,
    },
  };
  level.setContent(content);
}
