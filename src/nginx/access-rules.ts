import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { parseCidr } from './values/address.ts';

/** Warns where nginx drops bits: `low address bits of … are meaningless`. */
export function warnLowBits(cx: CheckContext, word: number, text = cx.arg(word)): void {
  cx.warn('low-address-bits', `low address bits of ${text} are meaningless`, {
    word,
    detail: 'The address has bits set beyond its mask; nginx takes the network.',
  });
}

/** ngx_http_access_rule and ngx_stream_access_rule: `all`, `unix:`, an address or a network. */
export function checkAccessRule(cx: CheckContext): Problem | null {
  const value = cx.arg(0);
  if (value === 'all' || value === 'unix:') return null;
  const cidr = parseCidr(value);
  if (cidr === null)
    return problem('invalid-parameter', `invalid parameter "${value}"`, {
      word: 0,
      detail: 'It takes an address, a network such as 10.0.0.0/8, "unix:" or "all".',
    });
  if (cidr.lowBits) warnLowBits(cx, 0);
  return null;
}

/** `set_real_ip_from` of http, stream and mail, `debug_connection`: a network, `unix:`, or a host name. */
export function checkTrustedAddress(cx: CheckContext): Problem | null {
  const value = cx.arg(0);
  if (value === 'unix:') return null;
  const cidr = parseCidr(value);
  if (cidr === null)
    return cx.environment === null || cx.environment.resolves(value)
      ? null
      : problem('host-not-found', `host not found in ${cx.name} "${value}"`, { word: 0 });
  if (cidr.lowBits) warnLowBits(cx, 0);
  return null;
}
