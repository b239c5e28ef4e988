import type { Plan } from '../../3-plan/schema.ts';
import type { ErrorLogTarget } from '../log/error-log.ts';
import { daemonise, isDaemon } from './daemon.ts';
import { canChangeUser } from './privileges.ts';
import { settingsOf } from './plan-settings.ts';
import type { Report } from './server-process.ts';
import type { ProcessSettings } from './settings.ts';
import { isWorkerProcess } from './worker-role.ts';

export interface ServeOptions {
  /** Reads the configuration or the plan, at start and on each HUP; null when it cannot be run, and `report` was told why. */
  load(report: Report): Promise<Plan | null>;
  /** Files that the last {@link load} has read already, by path: certificates and keys need not be read again. */
  readonly contents?: () => ReadonlyMap<string, string>;
  /** Takes messages until a configuration has its log open. */
  readonly report: Report;
  /** Where errors go when the plan names no error log. */
  readonly fallbackLog: readonly ErrorLogTarget[];
  /** Overrides what the plan says of the process. */
  readonly overrides?: Partial<Pick<ProcessSettings, 'daemon' | 'workers' | 'master'>> & {
    /** null = no pid file. */
    readonly pidFile?: string | null;
  };
  /** Called when all sockets listen and the pid file is written. */
  readonly onReady?: (settings: ProcessSettings) => void;
}

/** What {@link serve} needs after the first plan was read. */
export interface Start extends ServeOptions {
  readonly plan: Plan;
  readonly pidFile: string | null;
}

/**
 * Serves until a signal ends it: TERM and INT at once, QUIT when everything under way is done; HUP reloads, USR1 opens
 * logs again. One process does it all, unless the plan wants several workers, or workers that are not root.
 *
 * @returns the exit status: 0 after a stop by signal, 1 when it could not start
 */
export async function serve(options: ServeOptions): Promise<number> {
  if (isWorkerProcess()) {
    const { runWorker } = await import('./worker-process.ts');
    return runWorker();
  }
  const { report, overrides = {} } = options;
  const plan = await options.load(report);
  if (plan === null) return 1;
  const settings = { ...settingsOf(plan), ...overrides };
  if (settings.daemon && !isDaemon()) return daemonise();
  const start: Start = { ...options, plan, pidFile: settings.pidFile };
  const leavesRoot = settings.runAs !== null && settings.runAs.user !== 'root' && canChangeUser();
  if (settings.master && (settings.workers > 1 || leavesRoot)) {
    const { supervise } = await import('./supervisor.ts');
    return supervise(start);
  }
  const { runAlone } = await import('./single-process.ts');
  return runAlone(start);
}
