import { isIP } from 'node:net';
import type { Plan } from '../../3-plan/schema.ts';
import type { ResolverSettings } from './resolver.ts';

/** The resolvers of a plan in the form that looks names up. */
export function resolversOf(plan: Plan): ResolverSettings[] {
  return (plan.http?.resolvers ?? []).map(({ addresses, valid, ipv4, ipv6 }) => ({
    servers: addresses.map((address) => {
      const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(address);
      if (bracketed) return { address: bracketed[1]!, port: Number(bracketed[2] ?? 53) };
      if (isIP(address) === 6) return { address, port: 53 };
      const colon = address.lastIndexOf(':');
      return colon < 0
        ? { address, port: 53 }
        : { address: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    }),
    valid: valid === 0 ? null : valid,
    ipv4,
    ipv6,
  }));
}
