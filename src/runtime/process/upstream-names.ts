import { isIP } from 'node:net';
import type { Plan } from '../../3-plan/schema.ts';
import type { Engine, FoundAddress } from '../../engine/api.ts';
import { resolversOf } from '../resolver/plan-resolvers.ts';
import type { FoundHost, UpstreamName } from '../resolver/upstream-names.ts';

const defaultPort = 80;

/** What was found last for each server, by upstream and host name: a new configuration starts with it. */
export type KnownAddresses = Map<string, readonly FoundHost[]>;

/** The servers with `resolve` of a plan: what is found goes to the engine, at once where it is known from before. */
export function upstreamNames(plan: Plan, engine: Engine, known: KnownAddresses): UpstreamName[] {
  const resolvers = resolversOf(plan);
  return (plan.http?.upstreams ?? []).flatMap((upstream, index) =>
    upstream.servers.flatMap((server, number): UpstreamName[] => {
      const resolver = resolvers[upstream.resolver];
      if (!server.resolve || server.addresses.length > 0 || resolver === undefined) return [];
      const [, name = '', digits] = /^(.*?)(?::(\d+))?$/.exec(server.name) ?? [];
      const port = digits === undefined ? defaultPort : Number(digits);
      const { service } = server;
      const key = `${upstream.name} ${service} ${name}`;
      const found = (hosts: readonly FoundHost[]): void => {
        known.set(key, hosts);
        engine.setUpstreamAddresses(
          index,
          number,
          hosts.map((host) => addressOf(host, port)),
        );
      };
      found(known.get(key) ?? []);
      return [{ name, service, resolver, timeout: upstream.resolverTimeout, found }];
    }),
  );
}

function addressOf({ address: host, service }: FoundHost, ownPort: number): FoundAddress {
  const port = service?.port ?? ownPort;
  const name = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  return { host, port, path: '', name, service };
}
