import type { Plan } from '../../3-plan/schema.ts';
import type { LogLevel } from '../../engine/api.ts';
import type { ErrorLogTarget } from '../log/error-log.ts';
import { keepHeapSmall } from '../heap.ts';
import { prepareProcess } from './prepare.ts';
import { canChangeUser, dropPrivileges } from './privileges.ts';
import { ServerProcess, type Report } from './server-process.ts';
import { couldNotServe } from './worker-role.ts';
import { publishingStore, takeNews, type KeyedChange, type ZoneNews } from './zone-relay.ts';

/** What the master tells a worker: first what to serve, then what other workers say of zones. */
export type ToWorker = Task | ZoneNews;

export interface Task {
  readonly kind: 'serve';
  readonly plan: Plan;
  readonly fallbackLog: readonly ErrorLogTarget[];
  /** It keeps `max_size` and `min_free` of the caches for all workers. */
  readonly keepsCacheSize: boolean;
  /** The secret in hexadecimal digits. */
  readonly tickets: { readonly secret: string; readonly since: number };
}

export type FromWorker =
  | { readonly kind: 'report'; readonly level: LogLevel; readonly message: string }
  | { readonly kind: 'zones'; readonly changes: readonly KeyedChange[] }
  | { readonly kind: 'serving' }
  | { readonly kind: 'failed' };

/**
 * The life of a worker process: serves the master's plan until QUIT (gracefully) or TERM (at once).
 *
 * @returns the exit status
 */
export async function runWorker(): Promise<number> {
  keepHeapSmall();
  const zones = publishingStore((changes) => tell({ kind: 'zones', changes }));
  const { plan, fallbackLog, keepsCacheSize, tickets } = await new Promise<Task>((resolve) =>
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'serve') resolve(message);
      else takeNews(zones, message);
    }),
  );
  const server = new ServerProcess(fallbackLog, true, {
    duty: { shared: true, keepsSize: keepsCacheSize },
    zones,
    tickets: { ...tickets, secret: Buffer.from(tickets.secret, 'hex') },
  });
  const report: Report = (level, message) => tell({ kind: 'report', level, message });
  const serving =
    prepareProcess(plan, report) && (await server.serve(plan, report)) && becomeUser(server, report);
  if (!serving) {
    tell({ kind: 'failed' });
    return couldNotServe;
  }
  process.on('uncaughtException', (error) => server.internalError(error));
  const stopped = untilStopped(server);
  // From here on the master may send signals.
  tell({ kind: 'serving' });
  await stopped;
  return 0;
}

function tell(message: FromWorker): void {
  if (process.connected) process.send!(message);
}

/** After the sockets listen, the logs are open and the keys are read. */
function becomeUser(server: ServerProcess, report: Report): boolean {
  const runAs = server.settings?.runAs ?? null;
  if (runAs === null || !canChangeUser()) return true;
  const failure = dropPrivileges(runAs);
  if (failure !== null) report('emerg', failure);
  return failure === null;
}

/** The master speaks by signals; a terminal's INT reaches every process of its group. */
function untilStopped(server: ServerProcess): Promise<void> {
  return new Promise((stopped) => {
    const stop = (): void => void server.terminate().then(stopped);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGQUIT', () => void server.quit().then(stopped));
    process.on('SIGUSR1', () => server.reopenLogs());
    process.on('SIGHUP', () => {});
    process.on('SIGWINCH', () => {});
    process.on('SIGUSR2', () => {});
    // Without a master nobody would ever stop this process.
    process.on('disconnect', () => void server.quit().then(stopped));
  });
}
