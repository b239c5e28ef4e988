import type { Plan } from '../3-plan/schema.ts';
import type { Connection, ConnectionCounters, World } from '../engine/api.ts';
import { compileEngine } from '../engine/engine.ts';
import type { ZoneStore } from '../engine/zones/zone-store.ts';
import type { Socket } from 'node:net';
import { ClientConnection } from './client/connection.ts';
import { ConnectionSlots, type Reusable as Held } from './connection-slots.ts';
import type { Counts, DataPath } from './data-path.ts';
import { TempFiles } from './files/temp-file.ts';
import type { ErrorLogger } from './log/error-log.ts';
import { planRules } from './plan-rules.ts';
import { accessLogger, DebuggedConnections, requestLogger } from './request-logs.ts';
import type { Services, Worker } from './services.ts';
import { Buffers } from './socket/buffers.ts';
import { Clock } from './socket/clock.ts';
import { Deadlines } from './socket/deadline.ts';
import { ConnectionPools } from './upstream/connection.ts';
import { UpstreamTls } from './upstream/tls.ts';
import { createWorld } from './world.ts';

/**
 * Serves one plan in this process, on connections that are given to it. `zones` are those of the plan before.
 *
 * @throws an Error with nginx's message when a log cannot be opened
 */
export function startWorker(plan: Plan, services: Services, zones?: ZoneStore): Worker {
  const debugged = new DebuggedConnections(plan.process.debugConnections);
  const log = requestLogger(plan, services, debugged);
  const clients = new Set<ClientConnection>();
  const held = new Set<Held>();
  const counts: Counts = { accepted: 0, handled: 0, requests: 0 };
  const clock = new Clock();
  let logging = false;
  const world: World = createWorld(
    services.pid,
    services.caches,
    () => countConnections(clients, held, counts),
    (level, message, request) =>
      log(level, message, request, logging ? 'logging request' : (request?.main.activity ?? '')),
    clock,
  );
  const engine = compileEngine(plan, world, zones);
  const logAccess = accessLogger(plan, services, engine);
  const path: DataPath = {
    engine,
    services,
    rules: planRules(plan, engine),
    buffers: new Buffers(clock),
    deadlines: new Deadlines(clock),
    pools: new ConnectionPools(clock),
    upstreamTls: new UpstreamTls(),
    tempFiles: new TempFiles(),
    log,
    logAccess: (request) => {
      log('debug', 'http log handler', request, '');
      logging = true;
      logAccess(request);
      logging = false;
    },
    slots: slotsOf(plan, services.errorLog),
    counts,
    draining: false,
  };
  return new PlanWorker(path, { clients, held }, debugged);
}

/** With what a worker of nginx takes before the first client comes (ngx_event_process_init, ngx_worker_process_init). */
function slotsOf({ http, process }: Plan, log: ErrorLogger): ConnectionSlots {
  const listening = http?.listens.filter(({ bind }) => bind).length ?? 0;
  const channel = process.masterProcess ? 1 : 0;
  return new ConnectionSlots(process.workerConnections, listening + channel, log);
}

/** What `stub_status` shows (ngx_http_stub_status_module.c). */
function countConnections(
  clients: ReadonlySet<ClientConnection>,
  held: ReadonlySet<Held>,
  counts: Counts,
): ConnectionCounters {
  const now = { idle: 0, head: 0, busy: 0, lingering: 0, closed: 0 };
  for (const { state } of clients) now[state]++;
  return {
    accepted: counts.accepted,
    handled: counts.handled,
    requests: counts.requests,
    active: clients.size + held.size,
    reading: now.head,
    writing: now.busy,
    waiting: now.idle + [...held].filter(({ list }) => list !== null).length,
  };
}

/** What clients have open: before their connection is accepted, and from then on. */
interface Connections {
  readonly held: Set<Held>;
  readonly clients: Set<ClientConnection>;
}

class PlanWorker implements Worker {
  readonly #path: DataPath;
  readonly #clients: Set<ClientConnection>;
  readonly #held: Set<Held>;
  readonly #debugged: DebuggedConnections;
  #drained: (() => void) | null = null;
  #cut: NodeJS.Timeout | null = null;

  constructor(path: DataPath, { clients, held }: Connections, debugged: DebuggedConnections) {
    this.#debugged = debugged;
    this.#path = path;
    this.#clients = clients;
    this.#held = held;
  }

  get engine() {
    return this.#path.engine;
  }

  hold(socket: Socket, held: Held): boolean {
    if (!this.#take(socket)) return false;
    this.#held.add(held);
    this.setReusable(held, true);
    return true;
  }

  setReusable(held: Held, reusable: boolean): void {
    this.#path.slots.setReusable(held, reusable);
  }

  release(held: Held): void {
    if (!this.#held.delete(held)) return;
    this.setReusable(held, false);
    this.#path.slots.give();
    this.#settle();
  }

  #take(socket: Socket): boolean {
    const { slots, services, counts } = this.#path;
    counts.accepted++;
    if (slots.take()) {
      counts.handled++;
      return true;
    }
    services.errorLog.write('alert', slots.refusal);
    socket.destroy();
    return false;
  }

  accept(socket: Socket, connection: Connection, early: Buffer | null, held: Held | null): void {
    if (held !== null && this.#held.delete(held)) {
      // It has its place already.
      this.setReusable(held, false);
    } else if (!this.#take(socket)) return;
    this.#debugged.add(connection);
    const client = new ClientConnection(this.#path, socket, connection, (gone) => this.#gone(gone));
    this.#clients.add(client);
    if (early !== null && early.length > 0) client.onBytes(early, early.length);
  }

  drain(timeout: number, done: () => void): void {
    this.#path.draining = true;
    this.#path.pools.close();
    this.#drained = done;
    for (const client of [...this.#clients]) if (client.kept) client.close();
    for (const held of [...this.#held]) if (held.list !== null) held.close();
    if (timeout > 0) this.#cut = setTimeout(() => this.#terminateAll(), timeout);
    this.#settle();
  }

  terminate(): void {
    this.#path.draining = true;
    this.#path.pools.close();
    this.#terminateAll();
    this.#path.deadlines.close();
  }

  #terminateAll(): void {
    for (const client of [...this.#clients]) client.terminate();
    for (const held of [...this.#held]) held.close();
  }

  #gone(client: ClientConnection): void {
    this.#clients.delete(client);
    this.#path.slots.give();
    this.#settle();
  }

  #settle(): void {
    if (this.#drained === null || this.#clients.size > 0 || this.#held.size > 0) return;
    const done = this.#drained;
    this.#drained = null;
    if (this.#cut !== null) clearTimeout(this.#cut);
    this.#path.deadlines.close();
    done();
  }
}
