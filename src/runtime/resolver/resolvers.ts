import { Resolver, type ResolveHost, type ResolverSettings } from './resolver.ts';
import { resolveService, type ServiceResolved } from './service.ts';

/** Finds where a service of a name runs; like {@link ResolveHost}. */
export type ResolveService = (
  resolver: ResolverSettings,
  wanted: { readonly name: string; readonly service: string },
  timeout: number,
  done: ServiceResolved,
) => () => void;

/** The resolvers of one configuration, one for each `resolver` directive, made when first used. */
export function createResolve(report: (message: string) => void): {
  resolve: ResolveHost;
  resolveService: ResolveService;
  close: () => void;
} {
  const resolvers = new Map<ResolverSettings, Resolver>();
  const resolverOf = (settings: ResolverSettings): Resolver => {
    let resolver = resolvers.get(settings);
    if (resolver === undefined) {
      resolver = new Resolver(settings, report);
      resolvers.set(settings, resolver);
    }
    return resolver;
  };
  return {
    resolve: (settings, name, timeout, done) => resolverOf(settings).resolve(name, timeout, done),
    resolveService: (settings, wanted, timeout, done) =>
      resolveService(resolverOf(settings), wanted, timeout, done),
    close: () => {
      for (const resolver of resolvers.values()) resolver.close();
      resolvers.clear();
    },
  };
}
