import { parseSize } from '../../nginx/values/size.ts';
import { parseMilliseconds, parseSeconds } from '../../text/time.ts';
import type { PlanSticky } from '../schema/upstream.ts';
import { parseTemplate } from '../template-text.ts';

/** `sticky learn` without `timeout` (ngx_http_upstream_sticky_learn). */
const defaultTimeout = 600_000;

/** The parameters of `sticky`, checked before (ngx_http_upstream_sticky). */
export function lowerSticky([mode, ...words]: readonly string[]): PlanSticky {
  if (mode === 'route') return { mode, lookup: words.map(variable) };
  return mode === 'learn' ? learn(words) : cookie(words);
}

/** All values of a parameter, in their order. */
function valuesOf(words: readonly string[], name: string): string[] {
  return words.flatMap((word) => (word.startsWith(`${name}=`) ? [word.slice(name.length + 1)] : []));
}

function cookie([name = '', ...words]: readonly string[]): PlanSticky {
  const value = (key: string): string | undefined => valuesOf(words, key)[0];
  const textOf = (text: string | undefined) => (text === undefined ? null : parseTemplate(text));
  const expires = value('expires');
  return {
    mode: 'cookie',
    name,
    domain: textOf(value('domain')),
    path: value('path') ?? '',
    expires: expires === undefined ? null : expires === 'max' ? 'max' : parseSeconds(expires),
    httponly: words.includes('httponly'),
    secure: words.includes('secure'),
    samesite: textOf(value('samesite')),
  };
}

function learn(words: readonly string[]): PlanSticky {
  const [zone = '', size = ''] = (valuesOf(words, 'zone')[0] ?? '').split(/:(.*)/s);
  const [timeout] = valuesOf(words, 'timeout');
  return {
    mode: 'learn',
    zone,
    size: parseSize(size) ?? 0,
    timeout: (timeout === undefined ? null : parseMilliseconds(timeout)) ?? defaultTimeout,
    create: valuesOf(words, 'create').map(variable),
    lookup: valuesOf(words, 'lookup').map(variable),
    header: words.includes('header'),
  };
}

/** `$Name` as variables are known: without the dollar, in lower case. */
function variable(text: string): string {
  return text.slice(1).toLowerCase();
}
