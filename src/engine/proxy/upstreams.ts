import type { PlanUpstream, UpstreamAddress, UpstreamServer } from '../../3-plan/schema/upstream.ts';
import { plainServer, plainUpstream } from '../../3-plan/schema/upstream.ts';
import type { FoundAddress } from '../api.ts';
import type { EngineContext } from '../context.ts';
import type { CompiledTemplate } from '../template.ts';
import type { Balancer } from '../upstream/balancer.ts';
import type { PeerZone } from '../upstream/peer-zone.ts';
import { compileBalancer } from '../upstream/balancer.ts';
import type { KeepalivePool } from '../upstream-exchange.ts';
import type { CompiledSticky } from './sticky.ts';
import { compileSticky } from './sticky.ts';

/** An upstream with the state of its peers. */
export interface CompiledUpstream {
  readonly plan: PlanUpstream;
  /** Replaced when names of servers are looked up anew; exchanges under way keep theirs. */
  balancer: Balancer;
  /** The servers by those of the plan: several where a name has several addresses. */
  readonly servers: UpstreamServer[][];
  /** The key of `hash`. */
  readonly key: CompiledTemplate | null;
  readonly sticky: CompiledSticky | null;
  /** The kept connections that requests of a location use. */
  pool(location: number): KeepalivePool | null;
}

/** Upstream `index` of the plan; its state lives as long as the engine. */
export function upstreamOf(cx: EngineContext, index: number): CompiledUpstream {
  return (cx.upstreams[index] ??= compileUpstream(cx, cx.http.upstreams[index]!));
}

function compileUpstream(cx: EngineContext, plan: PlanUpstream): CompiledUpstream {
  const balancer = compileBalancer(plan, cx.world, null, zoneOf(cx, plan));
  const { keepalive, sticky } = plan;
  const shared: KeepalivePool | null = keepalive === null ? null : { ...keepalive };
  const pools = new Map<number, KeepalivePool>();
  return {
    plan,
    balancer,
    servers: plan.servers.map((server) => (server.addresses.length === 0 ? [] : [server])),
    key: balancer.key === null ? null : cx.template(balancer.key),
    sticky: sticky === null ? null : compileSticky(cx, sticky),
    pool(location) {
      if (keepalive === null || !keepalive.local) return shared;
      let pool = pools.get(location);
      if (pool === undefined) {
        pool = { ...keepalive };
        pools.set(location, pool);
      }
      return pool;
    },
  };
}

/**
 * Gives a server of an upstream (`resolve`) the addresses its name has now (ngx_http_upstream_zone_resolve_handler). What is known of
 * an address that stays is kept; what is under way goes on with the server it has.
 */
export function setUpstreamAddresses(
  cx: EngineContext,
  index: number,
  server: number,
  addresses: readonly FoundAddress[],
): void {
  const upstream = upstreamOf(cx, index);
  const servers = foundServers(cx.http.upstreams[index]!.servers[server]!, addresses);
  if (identity(servers) === identity(upstream.servers[server]!)) return;
  upstream.servers[server] = servers;
  const plan = { ...upstream.plan, servers: upstream.servers.flat() };
  const { group } = upstream.balancer;
  upstream.balancer = compileBalancer(plan, cx.world, group, group.zone);
}

/** Answers come in changing order. */
const identity = (servers: readonly UpstreamServer[]): string =>
  servers
    .map((server) => JSON.stringify(server))
    .sort()
    .join();

/** A server for each address; those of a service have the names and weights of their SRV records. */
function foundServers(server: UpstreamServer, found: readonly FoundAddress[]): UpstreamServer[] {
  // A backup has no backups of its own.
  const usable = found.filter(({ service }) => !(server.backup && service?.spare === true));
  return usable.map(({ service, ...address }) => {
    if (service === null) return { ...server, addresses: [address] };
    return {
      ...server,
      name: service.name,
      weight: server.weight === 1 ? Math.max(service.weight, 1) : server.weight,
      backup: server.backup || service.spare,
      addresses: [address],
    };
  });
}

const zoneOf = (cx: EngineContext, { zone, name }: PlanUpstream): PeerZone | null =>
  zone === '' ? null : cx.zones.take('upstream', name);

/** An upstream for addresses found at run time. */
export function runtimeUpstream(
  cx: EngineContext,
  name: string,
  addresses: readonly UpstreamAddress[],
): CompiledUpstream {
  const servers = addresses.map((address) => plainServer(address.name, [address], -1));
  return compileUpstream(cx, { ...plainUpstream({ name, explicit: false, port: 0, origin: -1 }), servers });
}

/** The upstream of the plan that a host and port of a `proxy_pass` with variables means; -1 without (ngx_http_upstream_init_request). */
export function findUpstream(cx: EngineContext, host: string, port: number, hasPort: boolean): number {
  const named = cx.once('upstreams by name', () => upstreamsByName(cx)).get(host.toLowerCase()) ?? [];
  const { upstreams } = cx.http;
  return (
    named.find((index) => {
      const own = upstreams[index]!.port;
      return (own === 0 && !hasPort) || own === port;
    }) ?? -1
  );
}

/** Indexes of upstreams by their names in lower case; several differ in their ports. */
function upstreamsByName({ http }: EngineContext): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, number[]>();
  for (const [index, { name }] of http.upstreams.entries()) {
    const known = names.get(name.toLowerCase());
    if (known === undefined) names.set(name.toLowerCase(), [index]);
    else known.push(index);
  }
  return names;
}
