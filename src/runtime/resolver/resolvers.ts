import { Resolver, type ResolveHost, type ResolverSettings } from './resolver.ts';

/** The resolvers of one configuration, one for each `resolver` directive, made when first used. */
export function createResolve(report: (message: string) => void): {
  resolve: ResolveHost;
  close: () => void;
} {
  const resolvers = new Map<ResolverSettings, Resolver>();
  return {
    resolve: (settings, name, timeout, done) => {
      let resolver = resolvers.get(settings);
      if (resolver === undefined) {
        resolver = new Resolver(settings, report);
        resolvers.set(settings, resolver);
      }
      return resolver.resolve(name, timeout, done);
    },
    close: () => {
      for (const resolver of resolvers.values()) resolver.close();
      resolvers.clear();
    },
  };
}
