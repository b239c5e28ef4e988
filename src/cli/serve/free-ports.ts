import { createServer } from 'node:net';
import type { Plan } from '../../3-plan/schema.ts';

export interface Move {
  readonly from: number;
  readonly to: number;
}

/** How many ports behind a taken one are tried. */
const attempts = 100;

/**
 * Moves listeners whose port is taken (or not allowed) to the next free one, in the plan itself. For trying things out
 * only: a server that is depended on must not end up elsewhere.
 */
export async function movePorts(plan: Plan): Promise<Move[]> {
  const moves = new Map<number, number>();
  const listens = plan.http?.listens ?? [];
  const used = new Set(listens.map(({ port }) => port));
  for (const listen of listens) {
    if (listen.path !== '') continue;
    const known = moves.get(listen.port);
    if (known === undefined && (await isFree(listen.address, listen.port))) continue;
    const to = known ?? (await nextFree(listen.address, listen.port, used));
    if (to === null) continue;
    moves.set(listen.port, to);
    used.add(to);
    listen.port = to;
  }
  return [...moves].map(([from, to]) => ({ from, to }));
}

async function nextFree(address: string, taken: number, used: ReadonlySet<number>): Promise<number | null> {
  // Ports below 1024 need rights that trying out should not need.
  const first = taken < 1024 ? 8000 + taken : taken + 1;
  for (let port = first; port < Math.min(first + attempts, 65536); port += 1) {
    if (!used.has(port) && (await isFree(address, port))) return port;
  }
  return null;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port }, () => probe.close(() => resolve(true)));
  });
}
