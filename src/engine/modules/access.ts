import type { Cidr, ClientAddress } from '../algorithms/cidr.ts';
import { clientAddress, inCidr, parseCidr } from '../algorithms/cidr.ts';
import type { AllSettings } from '../compiled.ts';
import type { EngineContext } from '../context.ts';
import type { PhaseHandler } from '../phases/phase.ts';
import { declined, ok } from '../phases/phase.ts';
import { trace } from '../trace.ts';

interface Rule {
  readonly allow: boolean;
  readonly network: string;
  readonly origin: number;
  matches(address: ClientAddress): boolean;
}

const forbidden = 403;

/** `allow` and `deny`: the first rule that fits decides (ngx_http_access_module.c); null where there are none. */
export function accessHandler(cx: EngineContext, { access, core }: AllSettings): PhaseHandler | null {
  const rules: Rule[] = access.rules.map((rule) => ({ ...rule, matches: matcher(rule.network) }));
  if (rules.length === 0) return null;
  return (request) => {
    const text = request.connection.remoteAddress;
    const address = clientAddress(text);
    const rule = address === null ? undefined : rules.find(({ matches }) => matches(address));
    if (rule === undefined) return declined;
    const word = rule.allow ? 'allow' : 'deny';
    if (request.trace !== null) {
      const answer = rule.allow ? undefined : forbidden;
      trace(request, rule.origin, `${word} ${rule.network} applies to ${text}`, answer);
    }
    if (rule.allow) return ok;
    if (core.satisfy === 'all') cx.world.log('error', 'access forbidden by rule', request);
    return forbidden;
  };
}

function matcher(network: string): Rule['matches'] {
  if (network === 'all') return () => true;
  if (network === 'unix:') return (address) => address === 'unix';
  const cidr: Cidr | undefined = parseCidr(network)?.cidr;
  return cidr === undefined ? () => false : (address) => inCidr(address, cidr);
}
