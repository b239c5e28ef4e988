import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseSeconds } from '../../text/time.ts';
import type { LowerContext } from '../lower-context.ts';
import { words } from './lowering.ts';

/** ngx_resolver_create; gives the index in `resolvers`. */
export function lowerResolver(cx: LowerContext, directive: ResolvedDirective): number {
  const resolver = {
    addresses: [] as string[],
    valid: 0,
    ipv4: true,
    ipv6: true,
    origin: cx.origin(directive),
  };
  for (const word of words(directive)) {
    if (word.startsWith('valid=')) resolver.valid = parseSeconds(word.slice(6)) ?? 0;
    else if (word.startsWith('ipv6=')) resolver.ipv6 = word !== 'ipv6=off';
    else if (word.startsWith('ipv4=')) resolver.ipv4 = word !== 'ipv4=off';
    else if (!word.startsWith('status_zone=')) resolver.addresses.push(word);
  }
  return cx.http.resolvers.push(resolver) - 1;
}
