import { numberedError, type ResolveHost, type ResolverSettings } from './resolver.ts';

/** A `server NAME resolve` of an upstream. */
export interface UpstreamName {
  /** Host name without port. */
  readonly name: string;
  readonly resolver: ResolverSettings;
  /** `resolver_timeout`, milliseconds: for the look-up, and the pause after one that failed. */
  readonly timeout: number;
  /** Takes what was found each time: it replaces what was known. Empty when the name has no addresses. */
  found(addresses: readonly string[]): void;
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
  resolve: ResolveHost,
  report: (message: string) => void,
): () => void {
  const stops = names.map((name) => watch(name, resolve, report));
  return () => {
    for (const stop of stops) stop();
  };
}

function watch(host: UpstreamName, resolve: ResolveHost, report: (message: string) => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let giveUp: () => void = () => {};
  const again = (pause: number): void => {
    timer = setTimeout(lookUp, Math.max(pause, shortestPause));
    timer.unref();
  };
  const lookUp = (): void => {
    giveUp = resolve(host.resolver, host.name, host.timeout, (error, addresses, validFor) => {
      if (error !== '') report(`${host.name} could not be resolved (${numberedError(error)})`);
      if (error !== '' && error !== notFound) {
        again(host.timeout);
        return;
      }
      host.found(error === '' ? addresses : []);
      if (Number.isFinite(validFor)) again((validFor + 1) * 1000);
    });
  };
  lookUp();
  return () => {
    if (timer !== null) clearTimeout(timer);
    giveUp();
  };
}
