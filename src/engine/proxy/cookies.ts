import type { ModuleSettings, PlanRegex, Template } from '../../3-plan/schema.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';

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
    const attributes = parseCookie(value);
    const [cookie] = attributes;
    if (cookie === undefined || cookie.value === null) return value;
    let changed = false;
    for (const attribute of attributes.slice(1)) {
      if (attribute.value === null) continue;
      const name = attribute.name.toLowerCase();
      const rules = name === 'domain' ? domains : name === 'path' ? paths : [];
      const made = first(rules, request, attribute.value);
      if (made === null) continue;
      attribute.value = made;
      changed = true;
    }
    const applying = flags.find(({ matches }) => matches(request, cookie.name));
    if (applying !== undefined && editFlags(attributes, request, applying.flags)) changed = true;
    // What no rule is about goes on exactly as it came.
    return changed ? attributes.map(printAttribute).join('; ') : value;
  };
}

interface Attribute {
  name: string;
  /** Null without an equals sign. */
  value: string | null;
}

/** Without spaces around it. A pattern would try every run of spaces within the text anew. */
function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return text.slice(start, end);
}

/** ngx_http_proxy_parse_cookie: the cookie itself comes first. */
function parseCookie(text: string): Attribute[] {
  return text.split(';').map((part) => {
    const equals = part.indexOf('=');
    if (equals === -1) return { name: trimSpaces(part), value: null };
    return { name: trimSpaces(part.slice(0, equals)), value: trimSpaces(part.slice(equals + 1)) };
  });
}

function printAttribute({ name, value }: Attribute): string {
  return value === null ? name : `${name}=${value}`;
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

/** Flags by the attribute that they are about, with what each writes. */
const flagGroups = [
  { attribute: 'secure', off: 'nosecure', on: [{ flag: 'secure', name: 'Secure', value: null }] },
  { attribute: 'httponly', off: 'nohttponly', on: [{ flag: 'httponly', name: 'HttpOnly', value: null }] },
  {
    attribute: 'samesite',
    off: 'nosamesite',
    on: ['Strict', 'Lax', 'None'].map((value) => ({
      flag: `samesite=${value.toLowerCase()}`,
      name: 'SameSite',
      value,
    })),
  },
];
const knownFlags: ReadonlySet<string> = new Set(
  flagGroups.flatMap(({ off, on }) => [off, ...on.map(({ flag }) => flag)]),
);

/**
 * ngx_http_proxy_rewrite_cookie_flags and ngx_http_proxy_edit_cookie_flags: an attribute that is there already keeps its place
 * and, unless its value changes, its spelling; new ones come last. False when no flag says anything.
 */
function editFlags(attributes: Attribute[], request: Request, flags: readonly CompiledTemplate[]): boolean {
  const asked = new Set(
    flags.map((flag) => flag.evaluate(request).toLowerCase()).filter((flag) => knownFlags.has(flag)),
  );
  if (asked.size === 0) return false;
  for (const { attribute, off, on } of flagGroups) {
    for (let at = 1; at < attributes.length; at++) {
      const present = attributes[at]!;
      if (present.name.toLowerCase() !== attribute) continue;
      const wanted = on.find(({ flag }) => asked.has(flag));
      if (wanted !== undefined) {
        asked.delete(wanted.flag);
        const { name, value } = wanted;
        if (value !== null && present.value?.toLowerCase() !== value.toLowerCase())
          attributes[at] = { name, value };
      } else if (asked.has(off)) attributes.splice(at--, 1);
    }
    const missing = on.find(({ flag }) => asked.has(flag));
    if (missing !== undefined) attributes.push({ name: missing.name, value: missing.value });
  }
  return true;
}
