import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseSize } from '../../nginx/values/size.ts';
import type { Level, LowerContext } from '../lower-context.ts';
import type { ModuleSettings } from '../schema.ts';
import { parseTemplate } from '../template-text.ts';
import type { Lowerings } from './lowering.ts';
import { option, word, words } from './lowering.ts';

type RequestLimit = ModuleSettings<'limitReq'>['limit_req'][number];
type ConnectionLimit = ModuleSettings<'limitConn'>['limit_conn'][number];
type ModernBrowser = ModuleSettings<'browser'>['modern_browser'][number];
type ValidReferers = NonNullable<ModuleSettings<'referer'>['valid_referers']>;

/** ngx_http_limit_req_module, ngx_http_limit_conn_module, ngx_http_realip_module, ngx_http_referer_module, ngx_http_browser_module. */
export const trafficLowerings: Lowerings = {
  limit_req_zone(cx, _level, directive) {
    const rate = /^(\d+)(r\/[sm])?$/.exec(option(words(directive), 'rate') ?? '');
    const perSecond = Number(rate?.[1] ?? 1) * 1000;
    addZone(cx, directive, 'limit_req', rate?.[2] === 'r/m' ? Math.floor(perSecond / 60) : perSecond);
  },
  limit_req(cx, level, directive) {
    level.list<RequestLimit>('limitReq', 'limit_req', directive).push({
      zone: option(words(directive), 'zone') ?? '',
      burst: (parseNumber(option(words(directive), 'burst') ?? '') ?? 0) * 1000,
      delay: words(directive).includes('nodelay')
        ? -1
        : (parseNumber(option(words(directive), 'delay') ?? '') ?? 0) * 1000,
      origin: cx.origin(directive),
    });
  },
  limit_conn_zone(cx, _level, directive) {
    addZone(cx, directive, 'limit_conn', 0);
  },
  limit_conn(cx, level, directive) {
    level.list<ConnectionLimit>('limitConn', 'limit_conn', directive).push({
      zone: word(directive, 0),
      connections: parseNumber(word(directive, 1)) ?? 0,
      origin: cx.origin(directive),
    });
  },
  set_real_ip_from(_cx, level, directive) {
    level.list<string>('realip', 'set_real_ip_from', directive).push(word(directive, 0));
  },
  valid_referers: lowerReferers,
  modern_browser(_cx, level, directive) {
    const [browser = '', version = ''] = words(directive);
    level
      .list<ModernBrowser>('browser', 'modern_browser', directive)
      .push({ browser: version === '' ? browser : browser.toLowerCase(), version });
  },
  ancient_browser(_cx, level, directive) {
    level.list<string>('browser', 'ancient_browser', directive).push(...words(directive));
  },
  secure_link: lowerSecureLink,
  secure_link_md5: lowerSecureLink,
};

/** Either of them puts an end to an outer `secure_link_secret` (ngx_http_secure_link_merge_conf). */
function lowerSecureLink(_cx: LowerContext, level: Level, directive: ResolvedDirective): void {
  level.set('secureLink', directive.name, parseTemplate(word(directive, 0)), directive);
  level.set('secureLink', 'secure_link_secret', '', directive);
}

function addZone(cx: LowerContext, directive: ResolvedDirective, kind: string, rate: number): void {
  const [name = '', size = ''] = (option(words(directive), 'zone') ?? '').split(':');
  cx.http.zones.push({
    kind,
    name,
    size: parseSize(size) ?? 0,
    key: parseTemplate(word(directive, 0)),
    rate,
    origin: cx.origin(directive),
  });
}

/** Words of several `valid_referers` at one level add up (ngx_http_valid_referers). */
function lowerReferers(cx: LowerContext, level: Level, directive: ResolvedDirective): void {
  const earlier = level.value('referer', 'valid_referers') as ValidReferers | null | undefined;
  const outer = level.outer('referer', 'valid_referers');
  const referers: ValidReferers =
    earlier !== undefined && earlier !== null && earlier !== outer
      ? earlier
      : {
          none: false,
          blocked: false,
          serverNames: false,
          hosts: [],
          patterns: [],
          origin: cx.origin(directive),
        };
  for (const text of words(directive)) {
    if (text === 'none') referers.none = true;
    else if (text === 'blocked') referers.blocked = true;
    else if (text === 'server_names') referers.serverNames = true;
    else if (text.startsWith('~')) referers.patterns.push({ pattern: text.slice(1), caseless: true });
    else {
      const slash = text.indexOf('/');
      const name = (slash === -1 ? text : text.slice(0, slash)).toLowerCase();
      referers.hosts.push({ name, path: slash === -1 ? '' : text.slice(slash) });
    }
  }
  level.set('referer', 'valid_referers', referers, directive);
}
