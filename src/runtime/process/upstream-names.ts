import { isIP } from 'node:net';
import type { Plan } from '../../3-plan/schema.ts';
import type { Engine } from '../../engine/api.ts';
import { resolversOf } from '../plan-rules.ts';
import type { UpstreamName } from '../resolver/upstream-names.ts';

const defaultPort = 80;

/** The servers with `resolve` of a plan: what is found goes to the engine. */
export function upstreamNames(plan: Plan, engine: Engine): UpstreamName[] {
  const resolvers = resolversOf(plan);
  return (plan.http?.upstreams ?? []).flatMap((upstream, index) =>
    upstream.servers.flatMap((server, number): UpstreamName[] => {
      const resolver = resolvers[upstream.resolver];
      if (!server.resolve || server.addresses.length > 0 || resolver === undefined) return [];
      const [, name = '', digits] = /^(.*?)(?::(\d+))?$/.exec(server.name) ?? [];
      const port = digits === undefined ? defaultPort : Number(digits);
      return [
        {
          name,
          resolver,
          timeout: upstream.resolverTimeout,
          found: (addresses) =>
            engine.setUpstreamAddresses(
              index,
              number,
              addresses.map((host) => ({
                host,
                port,
                path: '',
                name: isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`,
              })),
            ),
        },
      ];
    }),
  );
}
