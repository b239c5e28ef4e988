import type { Plan } from '../../3-plan/schema.ts';
import { startEchoBackends, type EchoAddress, type EchoBackends } from '../../runtime/echo/backends.ts';

/** Starts an echo backend on each upstream address of the plan where nothing listens yet. */
export async function startEcho(plan: Plan): Promise<EchoBackends> {
  const addresses = new Map<string, EchoAddress>();
  const own = new Set((plan.http?.listens ?? []).map(({ port }) => port));
  for (const { servers } of plan.http?.upstreams ?? []) {
    for (const { host, port, path, name } of servers.flatMap((server) => server.addresses)) {
      // What this very configuration listens on is no missing upstream.
      if (path === '' && own.has(port)) continue;
      addresses.set(name, path === '' ? { host, port } : { path });
    }
  }
  return startEchoBackends([...addresses.values()]);
}
