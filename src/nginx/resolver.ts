import type { CheckContext } from './check-context.ts';
import { duplicate } from './generic-slots.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { isUrlError, parseUrl } from './url.ts';
import { parseSeconds } from '../text/time.ts';

/** `resolver` (ngx_resolver_create). */
export function checkResolver(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  let servers = 0;
  let ipv4 = true;
  let ipv6 = true;
  for (let word = 0; word < cx.values.length; word++) {
    const value = cx.arg(word);
    const invalid = problem('invalid-parameter', `invalid parameter: ${value}`, { word });
    if (value.startsWith('valid=')) {
      if (parseSeconds(value.slice(6)) === null) return invalid;
    } else if (value.startsWith('ipv4=') && cx.since('1.23.1')) {
      if (value !== 'ipv4=on' && value !== 'ipv4=off') return invalid;
      ipv4 = value === 'ipv4=on';
    } else if (value.startsWith('ipv6=') && cx.since('1.5.8')) {
      if (value !== 'ipv6=on' && value !== 'ipv6=off') return invalid;
      ipv6 = value === 'ipv6=on';
    } else {
      const url = parseUrl(value, { defaultPort: 53 }, cx);
      if (isUrlError(url))
        return problem('invalid-host-port', `${url.error} in resolver "${value}"`, { word });
      servers++;
    }
  }
  if (cx.since('1.23.1') && !ipv4 && !ipv6)
    return problem('conflict', '"ipv4" and "ipv6" cannot both be "off"');
  return servers === 0 ? problem('invalid-value', 'no name servers defined') : null;
}
