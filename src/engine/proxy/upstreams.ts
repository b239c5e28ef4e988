import type { PlanUpstream, UpstreamAddress } from '../../3-plan/schema/upstream.ts';
import { plainServer, plainUpstream } from '../../3-plan/schema/upstream.ts';
import type { EngineContext } from '../context.ts';
import type { CompiledTemplate } from '../template.ts';
import type { Balancer } from '../upstream/balancer.ts';
import { compileBalancer } from '../upstream/balancer.ts';
import type { KeepalivePool } from '../upstream-exchange.ts';
import type { CompiledSticky } from './sticky.ts';
import { compileSticky } from './sticky.ts';

/** An upstream with the state of its peers. */
export interface CompiledUpstream {
  readonly plan: PlanUpstream;
  /** Replaced when names of servers are looked up anew; exchanges under way keep theirs. */
  balancer: Balancer;
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
  const balancer = compileBalancer(plan, cx.world);
  const { keepalive, sticky } = plan;
  const shared: KeepalivePool | null = keepalive === null ? null : { ...keepalive };
  const pools = new Map<number, KeepalivePool>();
  return {
    plan,
    balancer,
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
 * Gives a server of an upstream (`resolve`) the addresses its name has now. The servers start afresh, what is under way goes on
 * with those it has; nothing happens when they are the same.
 */
export function setUpstreamAddresses(
  cx: EngineContext,
  upstream: number,
  server: number,
  addresses: readonly UpstreamAddress[],
): void {
  const plan = cx.http.upstreams[upstream]!;
  const names = (list: typeof addresses): string =>
    list
      .map(({ name }) => name)
      .sort()
      .join();
  if (names(plan.servers[server]!.addresses) === names(addresses)) return;
  const servers = plan.servers.with(server, { ...plan.servers[server]!, addresses: [...addresses] });
  cx.http.upstreams[upstream] = { ...plan, servers };
  upstreamOf(cx, upstream).balancer = compileBalancer(cx.http.upstreams[upstream]!, cx.world);
}

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
  const name = host.toLowerCase();
  return cx.http.upstreams.findIndex(
    (each) => each.name.toLowerCase() === name && ((each.port === 0 && !hasPort) || each.port === port),
  );
}
