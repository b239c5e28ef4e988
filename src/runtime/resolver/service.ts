import type { DnsRecord } from './message.ts';
import { numberedError } from './errors.ts';
import type { Resolver } from './resolver.ts';

/** One address that a service runs on. */
export interface ServiceAddress {
  readonly address: string;
  /** Of the SRV record: the host's name, its port and weight; `spare` when others have a better priority. */
  readonly name: string;
  readonly port: number;
  readonly weight: number;
  readonly spare: boolean;
}

/** Called once; `failures` are nginx's messages about hosts of the service, whether or not others were found. */
export type ServiceResolved = (
  error: string,
  addresses: readonly ServiceAddress[],
  validFor: number,
  failures: readonly string[],
) => void;

interface Host {
  readonly record: DnsRecord;
  error: string;
  addresses: readonly string[];
}

/** The name that has the SRV records of a service (ngx_resolve_name): `http` means `_http._tcp`. */
export function serviceName(service: string, name: string): string {
  return service.includes('.') ? `${service}.${name}` : `_${service}._tcp.${name}`;
}

/**
 * Finds the addresses of the hosts that SRV records name (ngx_resolver_resolve_srv_names, ngx_resolver_report_srv): by priority, within
 * one from a host by chance and weight on.
 *
 * @param timeout milliseconds, for the SRV records and for each host
 */
export function resolveService(
  resolver: Pick<Resolver, 'resolve' | 'resolveService' | 'failureValid'>,
  wanted: { readonly name: string; readonly service: string },
  timeout: number,
  done: ServiceResolved,
): () => void {
  const { name, service } = wanted;
  let cancel: (() => void)[] = [];
  const stop = resolver.resolveService(serviceName(service, name), timeout, (error, records, validFor) => {
    if (error !== '') {
      done(error, [], validFor, []);
      return;
    }
    const hosts = records.map((record): Host => ({ record, error: '', addresses: [] }));
    let waiting = hosts.length;
    let valid = validFor;
    cancel = hosts.map((host) =>
      resolver.resolve(host.record.value!, timeout, (problem, addresses, hostValid) => {
        host.error = problem;
        host.addresses = addresses;
        if (addresses.length > 0) valid = Math.min(valid, hostValid);
        if (--waiting === 0) report(hosts, wanted, { valid, failed: resolver.failureValid }, done);
      }),
    );
  });
  return () => {
    stop();
    for (const each of cancel) each();
  };
}

const notFound = 'Host not found';

function report(
  hosts: readonly Host[],
  { name, service }: { readonly name: string; readonly service: string },
  { valid, failed }: { readonly valid: number; readonly failed: number },
  done: ServiceResolved,
): void {
  const failures = hosts
    .filter(({ error }) => error !== '')
    .map(
      ({ record, error }) =>
        `${record.value} could not be resolved (${numberedError(error)}) while resolving service ${service} of ${name}`,
    );
  const best = Math.min(
    ...hosts.filter(({ addresses }) => addresses.length > 0).map(({ record }) => record.priority),
  );
  if (best === Infinity) {
    const error = hosts.some((host) => host.error === notFound) ? notFound : hosts[0]!.error;
    done(error, [], failed, failures);
    return;
  }
  const found = byPriority(hosts).flatMap(({ record, addresses }) =>
    addresses.map((address) => ({
      address,
      name: record.value!,
      port: record.port,
      weight: record.weight,
      spare: record.priority !== best,
    })),
  );
  done('', found, valid, failures);
}

/** The hosts, which are sorted; those of equal priority from one on that is drawn by weight. */
function byPriority(hosts: readonly Host[]): readonly Host[] {
  const groups = Map.groupBy(hosts, ({ record }) => record.priority);
  return [...groups.values()].flatMap((group) => {
    const weights = group.map(({ record, addresses }) => record.weight * addresses.length);
    let drawn = Math.random() * weights.reduce((sum, weight) => sum + weight, 0);
    const from = Math.max(
      weights.findIndex((weight) => (drawn -= weight) < 0),
      0,
    );
    return [...group.slice(from), ...group.slice(0, from)];
  });
}
