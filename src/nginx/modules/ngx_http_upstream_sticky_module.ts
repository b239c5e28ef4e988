import type { CheckContext } from '../check-context.ts';
import { readVariable } from '../define-variable.ts';
import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { directiveProblem, problem } from '../problem.ts';
import { compileScript, hasVariables } from '../script.ts';
import { parseSize } from '../values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import { variablesOf } from '../variables.ts';
import { addZone, smallestZone } from '../zones.ts';

const module = 'ngx_http_upstream_sticky_module';
const sameSite: ReadonlySet<string> = new Set(['strict', 'lax', 'none']);

function refuse(cx: CheckContext, word: number, text: string): Problem {
  return directiveProblem(cx.name, 'invalid-parameter', text, { word });
}

/** A parameter of `sticky cookie`: what is wrong with its value. */
function cookieParameter(cx: CheckContext, name: string, value: string, word: number): Problem | null {
  switch (name) {
    case 'domain':
      if (value === '') return refuse(cx, word, 'no value for "domain"');
      return compileScript(cx, value, word);
    case 'path':
      return value === '' ? refuse(cx, word, 'no value for "path"') : null;
    case 'expires':
      return value === 'max' || parseSeconds(value) !== null
        ? null
        : refuse(cx, word, 'invalid "expires" parameter value');
    case 'samesite': {
      const wrong = compileScript(cx, value, word);
      if (wrong !== null || hasVariables(value) || sameSite.has(value.toLowerCase())) return wrong;
      return refuse(cx, word, 'invalid "samesite" parameter value');
    }
    default:
      return null;
  }
}

/** ngx_http_upstream_sticky_cookie */
function stickyCookie(cx: CheckContext): Problem | null {
  if (cx.arg(1) === '') return refuse(cx, 1, 'empty cookie name');
  const seen = new Set<string>();
  for (let word = 2; word < cx.values.length; word++) {
    const text = cx.arg(word);
    const [, name, value = ''] = /^(domain|path|expires|samesite)=(.*)$/s.exec(text) ?? [];
    const key = name ?? text;
    if (name === undefined && text !== 'httponly' && text !== 'secure')
      return problem('invalid-parameter', `unknown parameter "${text}"`, { word });
    if (seen.has(key)) return refuse(cx, word, `parameter "${key}" is duplicate`);
    seen.add(key);
    const wrong = cookieParameter(cx, key, value, word);
    if (wrong !== null) return wrong;
  }
  return variablesOf(cx, 'http').use(`cookie_${cx.arg(1)}`, cx.node);
}

/** ngx_http_upstream_sticky_learn */
function stickyLearn(cx: CheckContext): Problem | null {
  const seen = new Set<string>();
  let zone: { name: string; size: number } | null = null;
  for (let word = 1; word < cx.values.length; word++) {
    const text = cx.arg(word);
    const [, name, value = ''] = /^(zone|timeout|create|lookup)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) {
      if (text === 'header') continue;
      return problem('invalid-parameter', `unknown parameter "${text}"`, { word });
    }
    if ((name === 'zone' || name === 'timeout') && seen.has(name))
      return refuse(cx, word, `duplicate ${name}`);
    seen.add(name);
    if (name === 'zone') {
      const colon = value.indexOf(':');
      if (colon === -1) return refuse(cx, word, 'zone size is not specified');
      if (colon === 0) return refuse(cx, word, 'zone name is not specified');
      const size = parseSize(value.slice(colon + 1));
      if (size === null) return refuse(cx, word, 'invalid zone size');
      if (size < smallestZone) return refuse(cx, word, 'zone is too small');
      zone = { name: value.slice(0, colon), size };
    } else if (name === 'timeout') {
      if (!parseMilliseconds(value)) return refuse(cx, word, 'invalid timeout');
    } else {
      if (!value.startsWith('$')) return refuse(cx, word, `missing variable in the "${name}" parameter`);
      const wrong = variablesOf(cx, 'http').use(value.slice(1), cx.node);
      if (wrong !== null) return { ...wrong, word };
    }
  }
  for (const name of ['lookup', 'create', 'zone'])
    if (!seen.has(name)) return refuse(cx, 0, `"${name}" parameter is not specified`);
  return learnZone(cx, zone!);
}

function learnZone(cx: CheckContext, { name, size }: { name: string; size: number }): Problem | null {
  const added = addZone(cx, name, size, module);
  if ('refused' in added) return added.refused;
  const host = cx.block.opener?.values[0] ?? '';
  if (added.zone.data !== null)
    return problem(
      'duplicate',
      `sticky zone "${name}" is already used in upstream "${String(added.zone.data)}"`,
    );
  added.zone.data = host;
  return null;
}

/** ngx_http_upstream_sticky */
function sticky(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const mode = cx.arg(0);
  if (mode === 'cookie') return stickyCookie(cx);
  if (mode === 'learn') return stickyLearn(cx);
  if (mode !== 'route') return problem('invalid-parameter', `unknown parameter "${mode}"`, { word: 0 });
  for (let word = 1; word < cx.values.length; word++) {
    const wrong = readVariable(cx, word);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** src/http/modules/ngx_http_upstream_sticky_module.c, since 1.29.6 */
export const httpUpstreamStickyModule: ModuleChecks = { module, directives: { sticky } };
