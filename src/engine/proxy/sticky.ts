import type { PlanSticky } from '../../3-plan/schema/upstream.ts';
import { printCookieDate } from '../algorithms/http-date.ts';
import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';
import type { CompiledTemplate } from '../template.ts';
import type { Getter } from '../variables/variables.ts';
import type { Exchange } from './exchange.ts';

/** `sticky` of an upstream (ngx_http_upstream_sticky_module.c). */
export interface CompiledSticky {
  /** What the request says about its session or server, once at its start; '' for nothing. */
  identify(request: Request): string;
  /** The identifier of the server to ask for; '' for any. */
  wanted(id: string): string;
  /** A server was chosen: the client is told with a cookie. */
  readonly chosen: ((request: Request, exchange: Exchange) => void) | null;
  /** A server answered: the session is learned. */
  readonly learn: ((request: Request, exchange: Exchange) => void) | null;
  /** {@link learn} when the head has come, otherwise when the answer is over. */
  readonly learnsFromHead: boolean;
}

const longest = '; expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000';
const sameSites: ReadonlySet<string> = new Set(['strict', 'lax', 'none']);

/** `sticky` of an upstream (ngx_http_upstream_sticky_module.c). */
export function compileSticky(cx: EngineContext, plan: PlanSticky): CompiledSticky {
  const lookup = plan.mode === 'cookie' ? [`cookie_${plan.name.toLowerCase()}`] : plan.lookup;
  const identify = firstValue(cx, lookup);
  const base = { identify, wanted: (id: string) => id, chosen: null, learn: null, learnsFromHead: false };
  switch (plan.mode) {
    case 'route':
      return base;
    case 'cookie':
      return { ...base, chosen: cookieSetter(cx, plan) };
    case 'learn':
      return { ...base, ...learner(cx, plan) };
  }
}

function firstValue(cx: EngineContext, names: readonly string[]): (request: Request) => string {
  const getters: Getter[] = names.map((name) => cx.variables.getter(name));
  return (request) => {
    for (const get of getters) {
      const value = get(request);
      if (value !== null && value !== '') return value;
    }
    return '';
  };
}

/** ngx_http_upstream_sticky_learn_peer. */
function learner(
  cx: EngineContext,
  plan: Extract<PlanSticky, { mode: 'learn' }>,
): Pick<CompiledSticky, 'wanted' | 'learn' | 'learnsFromHead'> {
  const { zone, size, timeout } = plan;
  const sessions = cx.zones.take('sticky', zone, size, timeout);
  const created = firstValue(cx, plan.create);
  return {
    wanted: (id) => (id === '' ? '' : (sessions.find(id, cx.world.now()) ?? '')),
    learn(request, { selection, stickyId }) {
      const id = created(request);
      const sid = selection.current?.settings.sid ?? '';
      if (id !== '' || stickyId !== '') sessions.learn(id || stickyId, sid, id !== '', cx.world.now());
    },
    learnsFromHead: plan.header,
  };
}

/** ngx_http_upstream_sticky_cookie_insert: one cookie for an exchange, of the server that was tried last. */
function cookieSetter(
  cx: EngineContext,
  plan: Extract<PlanSticky, { mode: 'cookie' }>,
): CompiledSticky['chosen'] {
  const template = (text: typeof plan.domain): CompiledTemplate | null =>
    text === null ? null : cx.template(text);
  const domain = template(plan.domain);
  const samesite = template(plan.samesite);
  const attributes = (request: Request): string => {
    const domainText = domain?.evaluate(request) ?? '';
    const sameSiteText = samesite === null ? '' : sameSite(samesite.evaluate(request));
    return (
      expiry(plan.expires, cx.world.now()) +
      (domainText === '' ? '' : `; domain=${domainText}`) +
      (plan.httponly ? '; httponly' : '') +
      (plan.secure ? '; secure' : '') +
      (sameSiteText === '' ? '' : `; samesite=${sameSiteText}`) +
      (plan.path === '' ? '' : `; path=${plan.path}`)
    );
  };
  return (request, exchange) => {
    const { headersOut } = request;
    const cookie = `${plan.name}=${exchange.selection.current!.settings.sid}${attributes(request)}`;
    const before = exchange.stickyCookie === '' ? -1 : headersOut.lastIndexOf(exchange.stickyCookie);
    exchange.stickyCookie = cookie;
    if (before === -1) headersOut.push('Set-Cookie', cookie);
    else headersOut[before] = cookie;
  };
}

function expiry(expires: number | 'max' | null, now: number): string {
  if (expires === null) return '';
  if (expires === 'max') return longest;
  return `; expires=${printCookieDate(Math.floor(now / 1000) + expires)}; max-age=${expires}`;
}

/** What a variable gave that is no value of the attribute counts as `strict`. */
function sameSite(value: string): string {
  return value === '' || sameSites.has(value.toLowerCase()) ? value : 'strict';
}
