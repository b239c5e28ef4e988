import type { CheckContext } from './check-context.ts';
import { duplicate } from './generic-slots.ts';
import { checkOpenCache } from './open-cache.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { parseNumber } from './values/number.ts';
import { parseSize } from './values/size.ts';
import { addZone, smallestZone } from './zones.ts';

/** Caches of the http, stream and mail modules for TLS: sessions, OCSP responses, certificates. */

/** `shared:NAME:SIZE`; `what` is the noun of nginx's messages. */
function checkShared(cx: CheckContext, word: number, what: string, owner: string): Problem | null {
  const text = cx.arg(word);
  const [name = '', ...rest] = text.slice('shared:'.length).split(':');
  const size = rest.length === 0 ? null : parseSize(rest.join(':'));
  if (name === '' || size === null)
    return problem('invalid-value', `invalid ${what} cache "${text}"`, {
      word,
      detail: 'A shared cache has a name and a size: shared:NAME:SIZE.',
    });
  if (size < smallestZone)
    return problem('invalid-value', `${what === 'session' ? what : 'OCSP'} cache "${text}" is too small`, {
      word,
      detail: `The least is ${smallestZone / 1024}k.`,
    });
  const added = addZone(cx, name, size, owner, word);
  return 'refused' in added ? added.refused : null;
}

/** ngx_http_ssl_session_cache and its kin; `module` owns the zones. */
export function checkSessionCache(cx: CheckContext, module: string): Problem | null {
  for (let word = 0; word < cx.values.length; word++) {
    const text = cx.arg(word);
    if (text === 'off' || text === 'none' || text === 'builtin') continue;
    if (text.startsWith('builtin:') && parseNumber(text.slice('builtin:'.length)) !== null) continue;
    if (!text.startsWith('shared:'))
      return problem('invalid-value', `invalid session cache "${text}"`, {
        word,
        detail: 'It is off, none, builtin, builtin:NUMBER or shared:NAME:SIZE.',
      });
    const refused = checkShared(cx, word, 'session', module);
    if (refused !== null) return refused;
  }
  return null;
}

/** ngx_http_ssl_ocsp_cache and its kin. */
export function checkOcspCache(cx: CheckContext, module: string): Problem | null {
  const refused = duplicate(cx);
  const text = cx.arg(0);
  if (refused !== null || text === 'off') return refused;
  if (!text.startsWith('shared:'))
    return problem('invalid-value', `invalid OCSP cache "${text}"`, {
      word: 0,
      detail: 'It is off or shared:NAME:SIZE.',
    });
  return checkShared(cx, 0, 'OCSP', `${module} OCSP`);
}

/** `ssl_certificate_cache`, `proxy_ssl_certificate_cache` and their kin (ngx_http_ssl_certificate_cache). */
export function checkCertificateCache(cx: CheckContext): Problem | null {
  return checkOpenCache(cx, {
    parameters: { inactive: 'time', valid: 'time' },
    parameter: 'parameter',
    missing: 'the "max" parameter',
  });
}
