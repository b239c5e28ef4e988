import type { ModuleSettings, PlanRegex, Template } from '../../3-plan/schema.ts';
import type { ProxyPass } from '../../3-plan/schema/proxy.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';
import { compileCookieRules } from './cookies.ts';

/** What happens to the headers of an upstream's answer. */
export interface ResponseRules {
  /** Lower-case names that are not passed on. */
  readonly hidden: ReadonlySet<string>;
  /** `proxy_redirect` for `Location` (from `skip` on): the new value, null when no rule applies. */
  rewriteLocation(request: Request, value: string, skip: number): string | null;
  readonly rewriteCookie: ((request: Request, value: string) => string) | null;
}

/** A `proxy_pass` without variables, and the name that its URI stands for. */
export interface DefaultRedirect {
  readonly pass: ProxyPass;
  readonly locationName: string;
}

const hiddenByDefault = [
  'Date',
  'Server',
  'X-Pad',
  'X-Accel-Expires',
  'X-Accel-Redirect',
  'X-Accel-Limit-Rate',
  'X-Accel-Buffering',
  'X-Accel-Charset',
];

type Rule = (request: Request, text: string) => string | null;

/** What becomes of an upstream's header lines: hidden ones, redirects and cookies to rewrite (ngx_http_upstream_hide_headers_hash). */
export function compileResponseRules(
  cx: EngineContext,
  settings: ModuleSettings<'proxy'>,
  redirect: DefaultRedirect | null,
  hiddenNames: readonly string[] = hiddenByDefault,
): ResponseRules {
  const passed = new Set(settings.proxy_pass_header.map((name) => name.toLowerCase()));
  const hidden = new Set(
    [...hiddenNames, ...settings.proxy_hide_header]
      .map((name) => name.toLowerCase())
      .filter((name) => !passed.has(name)),
  );
  const rules = compileRedirects(cx, settings.proxy_redirect, redirect);
  return {
    hidden,
    rewriteCookie: compileCookieRules(cx, settings),
    rewriteLocation(request, value, skip) {
      const text = value.slice(skip);
      for (const rule of rules) {
        const made = rule(request, text);
        if (made !== null) return value.slice(0, skip) + made;
      }
      return null;
    },
  };
}

type Redirects = ModuleSettings<'proxy'>['proxy_redirect'];

function compileRedirects(cx: EngineContext, redirects: Redirects, redirect: DefaultRedirect | null): Rule[] {
  if (redirects === 'off') return [];
  return redirects.flatMap(({ from, to }) => {
    if (from === null) return redirect === null ? [] : [defaultRule(redirect)];
    return [replaceRule(cx, from, to)];
  });
}

/** `proxy_redirect default`: the URL of `proxy_pass` becomes the location's name. */
function defaultRule({ pass, locationName }: DefaultRedirect): Rule {
  const base = `${pass.scheme}://${pass.written}`;
  const from = pass.uri === null ? `${base}/` : base;
  const to = pass.uri === null ? '/' : locationName;
  return (_request, text) => (text.startsWith(from) ? to + text.slice(from.length) : null);
}

/** ngx_http_proxy_rewrite_complex_handler and …_regex_handler. */
function replaceRule(cx: EngineContext, from: Template | PlanRegex, to: Template): Rule {
  const replacement: CompiledTemplate = cx.template(to);
  if (typeof from === 'object' && 'pattern' in from) {
    const regex = cx.regex(from);
    return (request, text) => (regex.exec(request, text) ? replacement.evaluate(request) : null);
  }
  const prefix = cx.template(from);
  return (request, text) => {
    const start = prefix.evaluate(request);
    return text.startsWith(start) ? replacement.evaluate(request) + text.slice(start.length) : null;
  };
}
