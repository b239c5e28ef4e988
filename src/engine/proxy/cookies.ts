import type { ModuleSettings, PlanRegex, Template } from '../../3-plan/schema.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

type Settings = ModuleSettings<'proxy'>;
type Rewrite = (request: Request, text: string) => string | null;

/** Changes a `Set-Cookie` value (ngx_http_proxy_rewrite_cookie); null when nothing is configured. */
export function compileCookieRules(
  cx: EngineContext,
  settings: Settings,
): ((request: Request, value: string) => string) | null {
  const domains = settings.proxy_cookie_domain.map(({ from, to }) => rule(cx, from, to, true));
  const paths = settings.proxy_cookie_path.map(({ from, to }) => rule(cx, from, to, false));
  const flags = settings.proxy_cookie_flags.map(({ name, flags: list }) => ({
    matches: nameTest(cx, name),
    flags: list.map((flag) => cx.template(flag)),
  }));
  if (domains.length + paths.length + flags.length === 0) return null;
  return (request, value) => {
    const attributes = value.split(';').map((part, index) => (index === 0 ? part : part.replace(/^ +/, '')));
    for (let index = 1; index < attributes.length; index++) {
      const [name = '', text = ''] = splitAttribute(attributes[index]!);
      const rules = name.toLowerCase() === 'domain' ? domains : name.toLowerCase() === 'path' ? paths : [];
      const made = first(rules, request, text);
      if (made !== null) attributes[index] = `${name}=${made}`;
    }
    const cookieName = splitAttribute(attributes[0]!)[0]!.trim();
    const applying = flags.find(({ matches }) => matches(request, cookieName));
    if (applying !== undefined)
      for (const flag of applying.flags) applyFlag(attributes, flag.evaluate(request));
    return attributes.join('; ');
  };
}

function splitAttribute(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

function first(rules: readonly Rewrite[], request: Request, text: string): string | null {
  for (const each of rules) {
    const made = each(request, text);
    if (made !== null) return made;
  }
  return null;
}

function rule(cx: EngineContext, from: Template | PlanRegex, to: Template, domain: boolean): Rewrite {
  const replacement = cx.template(to);
  if (typeof from === 'object' && 'pattern' in from) {
    const regex = cx.regex(from);
    return (request, text) => (regex.exec(request, text) ? replacement.evaluate(request) : null);
  }
  if (domain) return domainRule(cx, from, to);
  const source = cx.template(from);
  return (request, text) => {
    const prefix = source.evaluate(request);
    return text.startsWith(prefix) ? replacement.evaluate(request) + text.slice(prefix.length) : null;
  };
}

/** Leading dots of the rule do not count, the cookie keeps its own (ngx_http_proxy_rewrite_domain_handler). */
function domainRule(cx: EngineContext, from: Template, to: Template): Rewrite {
  const source = cx.template(withoutDot(from));
  const replacement = cx.template(withoutDot(to));
  return (request, text) => {
    const dot = text.startsWith('.') ? '.' : '';
    const name = text.slice(dot.length).toLowerCase();
    return name === source.evaluate(request).toLowerCase() ? dot + replacement.evaluate(request) : null;
  };
}

function withoutDot(text: Template): Template {
  if (typeof text === 'string') return text.replace(/^\./, '');
  const [first, ...rest] = text;
  return typeof first === 'string' ? [first.replace(/^\./, ''), ...rest] : text;
}

function nameTest(
  cx: EngineContext,
  name: Template | PlanRegex,
): (request: Request, text: string) => boolean {
  if (typeof name === 'object' && 'pattern' in name) {
    const regex = cx.regex(name);
    return (request, text) => regex.exec(request, text);
  }
  const source = cx.template(name);
  return (request, text) => source.evaluate(request).toLowerCase() === text.toLowerCase();
}

const flagNames: Readonly<Record<string, string>> = {
  secure: 'Secure',
  httponly: 'HttpOnly',
  samesite: 'SameSite',
};

/** `secure`, `nosecure`, `httponly`, `nohttponly`, `samesite=…`, `nosamesite`. */
function applyFlag(attributes: string[], flag: string): void {
  const text = flag.toLowerCase();
  if (text === '') return;
  const [key = '', value = ''] = text.replace(/^no(?=secure|httponly|samesite)/, '').split('=');
  const name = flagNames[key];
  if (name === undefined) return;
  const at = attributes.findIndex(
    (each, index) => index > 0 && splitAttribute(each)[0].toLowerCase() === key,
  );
  if (at !== -1) attributes.splice(at, 1);
  if (text.startsWith('no')) return;
  const site = value === '' ? '' : `=${value[0]!.toUpperCase()}${value.slice(1)}`;
  attributes.push(`${name}${site}`);
}
