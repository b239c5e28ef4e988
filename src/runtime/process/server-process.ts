import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../3-plan/schema.ts';
import type { LogLevel } from '../../engine/api.ts';
import { ZoneStore } from '../../engine/zones/zone-store.ts';
import { CacheZones, type CacheDuty } from '../cache/cache-zones.ts';
import { ListeningSockets } from '../listen/listening-sockets.ts';
import type { ErrorLogTarget } from '../log/error-log.ts';
import { CredentialFiles, type ReadFiles } from '../tls/credentials.ts';
import { Generation, Serial, type Shared } from './generation.ts';
import type { ProcessSettings } from './settings.ts';
import { lookUpNames } from './look-up-names.ts';
import { settingsOf } from './plan-settings.ts';
import { freshTickets, type TicketSecret } from '../tls/resumption.ts';

/** Milliseconds. */
const patienceWhenStuck = 5_000;

/** Takes messages while no configuration has a log open. */
export type Report = (level: LogLevel, message: string) => void;

/**
 * Serves plans in this process: the sockets, and the generation that gets their connections. Several generations can be
 * alive, one attached and the others draining.
 */
export class ServerProcess {
  readonly #sockets = new ListeningSockets();
  readonly #shared: Shared;
  readonly #fallback: readonly ErrorLogTarget[];
  readonly #hasMaster: boolean;
  readonly #draining = new Set<Generation>();
  #current: Generation | null = null;
  /** What the current generation read for TLS, as far as the next one may take it over. */
  #inherited: ReadFiles = new Map();
  #stuck = false;

  /**
   * @param fallback where errors go when a plan names no error log
   * @param hasMaster another process tells of this one's end
   * @param shared of a process that shares with others: what it does for the caches, the zones, what ticket keys are made from
   */
  constructor(
    fallback: readonly ErrorLogTarget[],
    hasMaster: boolean,
    shared: { readonly duty?: CacheDuty; readonly zones?: ZoneStore; readonly tickets?: TicketSecret } = {},
  ) {
    this.#fallback = fallback;
    this.#hasMaster = hasMaster;
    this.#shared = {
      serial: new Serial(),
      addresses: new Map(),
      zones: shared.zones ?? new ZoneStore(),
      tickets: shared.tickets ?? freshTickets(),
      caches: new CacheZones(shared.duty),
      statusCaches: new Map(),
    };
  }

  get settings(): ProcessSettings | null {
    return this.#current?.settings ?? null;
  }

  /**
   * A mistake of our own came up in the middle of something, which may now never end: it is told, the rest goes on, and a
   * later QUIT does not wait for ever.
   */
  internalError(error: Error): void {
    this.#stuck = true;
    this.log('alert', `internal error: ${error.stack ?? error.message}`);
  }

  /** Writes to the error log in use; nothing is lost before the first plan: see `report` of {@link serve}. */
  log(level: LogLevel, message: string): void {
    this.#current?.log.write(level, message);
  }

  /**
   * Serves `plan` from now on. What another plan has under way ends under that one, in the background. When this fails,
   * nothing has changed.
   *
   * @param report takes nginx's messages about what failed
   * @param contents files that were read already, by path
   * @returns whether it is served now
   */
  async serve(plan: Plan, report: Report, contents?: ReadonlyMap<string, string>): Promise<boolean> {
    const known = await lookUpNames(plan);
    if (typeof known === 'string') {
      report('emerg', known);
      return false;
    }
    const settings = settingsOf(plan);
    const files = new CredentialFiles(contents, this.#inherited);
    let next: Generation;
    try {
      next = new Generation({
        plan: known,
        settings,
        fallback: this.#fallback,
        shared: this.#shared,
        files,
      });
    } catch (error) {
      report('emerg', (error as Error).message);
      return false;
    }
    const addresses = settings.sockets.map(({ address }) => address);
    const failure = await this.#sockets.open(addresses, (level, message) => {
      report(level, message);
      // At the first start `report` is standard error and not yet the log that this configuration names.
      if (this.#current === null && !next.log.standardError) next.log.write(level, message);
    });
    if (failure !== null) {
      await next.discard();
      return false;
    }
    const previous = this.#current;
    next.attach(this.#sockets);
    this.#current = next;
    this.#inherited = settings.inheritTlsFiles ? files.inheritable : new Map();
    this.#sockets.keepOnly(addresses);
    if (previous !== null) void this.#retire(previous);
    return true;
  }

  /** Stops accepting and lets everything under way end (QUIT). */
  async quit(): Promise<void> {
    this.#sockets.close();
    this.#shared.caches.close();
    const current = this.#current;
    this.#current = null;
    const ended = current === null ? this.#idle() : this.#retire(current).then(() => this.#idle());
    const patience = this.#stuck ? delay(patienceWhenStuck, undefined, { ref: false }) : ended;
    await Promise.race([ended, patience]);
    if (this.#draining.size > 0) await this.terminate();
  }

  /** Ends now (TERM, INT): connections are cut, logs are written out. */
  async terminate(): Promise<void> {
    this.#sockets.close();
    this.#shared.caches.close();
    const all = [...this.#draining, ...(this.#current === null ? [] : [this.#current])];
    this.#current = null;
    await Promise.all(all.map((generation) => generation.terminate()));
  }

  reopenLogs(): void {
    for (const generation of this.#draining) generation.reopenLogs();
    this.#current?.reopenLogs();
  }

  async #retire(generation: Generation): Promise<void> {
    this.#draining.add(generation);
    generation.log.write('notice', 'gracefully shutting down');
    await generation.drain();
    this.#draining.delete(generation);
    generation.log.write('notice', 'exit');
    // In nginx a generation is a process, and its master says this. Ours is a part of this process.
    if (!this.#hasMaster) generation.log.write('notice', `worker process ${process.pid} exited with code 0`);
    await generation.closeErrorLog();
    this.#whenIdle();
  }

  #whenIdle: () => void = () => {};

  async #idle(): Promise<void> {
    while (this.#draining.size > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
  }
}
