import { numberedError } from './errors.ts';
import type { ResolveHost, ResolverSettings } from './resolver.ts';
import type { ResolveService } from './resolvers.ts';
import type { ServiceAddress } from './service.ts';

/** A `server NAME resolve` of an upstream. */
export interface UpstreamName {
  /** Host name without port. */
  readonly name: string;
  /** `service=`: SRV records say where it runs; ''. */
  readonly service: string;
  readonly resolver: ResolverSettings;
  /** `resolver_timeout`, milliseconds: for the look-up, and the pause after one that failed. */
  readonly timeout: number;
  /** Takes what was found each time: it replaces what was known. Empty when the name has no addresses. */
  found(addresses: readonly FoundHost[]): void;
}

export interface FoundHost {
  readonly address: string;
  /** What the SRV record says; null where the server's own port and weight apply. */
  readonly service: Omit<ServiceAddress, 'address'> | null;
}

/** Both ways to look something up. */
export interface LookUps {
  readonly resolve: ResolveHost;
  readonly resolveService: ResolveService;
}

const notFound = 'Host not found';
const shortestPause = 1_000;

/**
 * Keeps the addresses of upstream servers up to date (ngx_http_upstream_zone_resolve_handler): a name is looked up again when its
 * answer expires; one that cannot be looked up keeps what it had.
 *
 * @param report takes messages of level error
 * @returns a function that stops it
 */
export function watchUpstreamNames(
  names: readonly UpstreamName[],
  lookUps: LookUps,
  report: (message: string) => void,
): () => void {
  const stops = names.map((name) => watch(name, lookUps, report));
  return () => {
    for (const stop of stops) stop();
  };
}

function watch(host: UpstreamName, lookUps: LookUps, report: (message: string) => void): () => void {
  const { name, service, resolver, timeout } = host;
  let timer: NodeJS.Timeout | null = null;
  let giveUp: () => void = () => {};
  const again = (pause: number): void => {
    timer = setTimeout(lookUp, Math.max(pause, shortestPause));
    timer.unref();
  };
  const done = (error: string, hosts: readonly FoundHost[], validFor: number): void => {
    if (error !== '') {
      const what = service === '' ? name : `service ${service} of ${name}`;
      report(`${what} could not be resolved (${numberedError(error)})`);
    }
    if (error !== '' && error !== notFound) {
      again(timeout);
      return;
    }
    host.found(error === '' ? hosts : []);
    if (Number.isFinite(validFor)) again((validFor + 1) * 1000);
  };
  const lookUp = (): void => {
    if (service === '') {
      giveUp = lookUps.resolve(resolver, name, timeout, (error, addresses, validFor) =>
        done(
          error,
          addresses.map((address) => ({ address, service: null })),
          validFor,
        ),
      );
      return;
    }
    giveUp = lookUps.resolveService(
      resolver,
      { name, service },
      timeout,
      (error, found, validFor, failures) => {
        for (const failure of failures) report(failure);
        done(
          error,
          found.map(({ address, ...rest }) => ({ address, service: rest })),
          validFor,
        );
      },
    );
  };
  lookUp();
  return () => {
    if (timer !== null) clearTimeout(timer);
    giveUp();
  };
}
