import cluster, { type Worker as Child } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Plan } from '../../3-plan/schema.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { ListeningSockets } from '../listen/listening-sockets.ts';
import { openAppend } from '../log/log-file.ts';
import { ErrorLogs, type ErrorLogger, type ErrorLogTarget } from '../log/error-log.ts';
import { writePidFile, removePidFile } from './pid-file.ts';
import { settingsOf } from './plan-settings.ts';
import { prepareProcess } from './prepare.ts';
import { chownTo, type RunAs } from './privileges.ts';
import type { Start } from './serve.ts';
import type { Report } from './server-process.ts';
import type { ProcessSettings } from './settings.ts';
import { onSignals } from './signals.ts';
import type { FromWorker, ToWorker } from './worker-process.ts';
import { couldNotServe, workerMark } from './worker-role.ts';
import { isOfCrew, ZoneRelay, type Member, type ZoneNews } from './zone-relay.ts';

/** The workers of one configuration. */
interface Crew {
  readonly plan: Plan;
  readonly settings: ProcessSettings;
  /** Each with whether it serves, once that is known: before, it does not listen to signals. */
  readonly children: Map<Child, Promise<boolean>>;
  /** The one that keeps the caches within their size. */
  cacheKeeper: Child | null;
  /** The zones of its upstreams. */
  readonly relay: ZoneRelay;
  /** Workers that end are replaced while this is true. */
  wanted: boolean;
}

/**
 * nginx's master: it holds the sockets and the pid file, starts workers and replaces those that die, and never touches
 * a request. Used with several workers, or when workers are to run as another user than root.
 *
 * @returns the exit status
 */
export async function supervise(start: Start): Promise<number> {
  const supervisor = new Supervisor(start);
  return (await supervisor.begin()) ? supervisor.untilStopped() : 1;
}

class Supervisor {
  readonly #start: Start;
  #log: ErrorLogger;
  #logs: ErrorLogs;
  #crew: Crew | null = null;
  /** Clients come back to any worker: their TLS tickets are good at all of them. */
  readonly #tickets = { secret: randomBytes(48).toString('hex'), since: Date.now() };
  /** The zones that outlive a crew. */
  readonly #relay = new ZoneRelay();
  readonly #leaving = new Set<Crew>();
  #whenGone: () => void = () => {};
  #stopped: Promise<void> = Promise.resolve();

  constructor(start: Start) {
    this.#start = start;
    this.#logs = new ErrorLogs(process.pid);
    this.#log = this.#logs.logger([]);
    // Workers take connections from the shared sockets themselves, as nginx's do.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ exec: process.argv[1]!, args: process.argv.slice(2) });
  }

  async begin(): Promise<boolean> {
    const { plan, report, pidFile, onReady } = this.#start;
    if (!prepareProcess(plan, report) || !this.#openLog(plan, report)) return false;
    const crew = await this.#hire(plan, report);
    if (crew === null) return false;
    this.#crew = crew;
    // Who reads the pid file may send a signal at once (nginx, too, has ngx_init_signals before ngx_create_pidfile).
    this.#stopped = new Promise((stopped) => this.#listen(stopped));
    const failure = pidFile === null ? null : writePidFile(pidFile);
    if (failure === null) {
      onReady?.(crew.settings);
      return true;
    }
    report('emerg', failure);
    this.#dismiss(crew, 'SIGTERM');
    return false;
  }

  async untilStopped(): Promise<number> {
    await this.#stopped;
    if (this.#start.pidFile !== null) removePidFile(this.#start.pidFile);
    this.#log.write('notice', 'exit');
    await this.#logs.close();
    return 0;
  }

  #listen(stopped: () => void): void {
    process.on('uncaughtException', (error) =>
      this.#log.write('alert', `internal error: ${error.stack ?? error.message}`),
    );
    let reloading: Promise<void> = Promise.resolve();
    const leave = (signal: NodeJS.Signals): void => {
      const all = [...this.#leaving, ...(this.#crew === null ? [] : [this.#crew])];
      this.#crew = null;
      this.#whenGone = () => {
        if (this.#leaving.size > 0) return;
        stop();
        stopped();
      };
      for (const crew of all) this.#dismiss(crew, signal);
      this.#whenGone();
    };
    const stop = onSignals({
      log: (message) => this.#log.write('notice', message),
      stop: () => leave('SIGTERM'),
      quit: () => leave('SIGQUIT'),
      reload: () => {
        reloading = reloading
          .then(() => this.#reload())
          .catch((error: Error) =>
            this.#log.write('alert', `internal error: ${error.stack ?? error.message}`),
          );
      },
      reopen: () => this.#reopen(),
      pause: () => {
        if (this.#crew !== null) this.#dismiss(this.#crew, 'SIGQUIT');
        this.#crew = null;
      },
    });
  }

  async #reload(): Promise<void> {
    const report: Report = (level, message) => this.#log.write(level, message);
    report('notice', 'reconfiguring');
    const plan = await this.#start.load(report);
    if (plan === null || !this.#openLog(plan, report)) return;
    const crew = await this.#hire(plan, report);
    if (crew === null) return;
    const previous = this.#crew;
    this.#crew = crew;
    if (previous !== null) this.#dismiss(previous, 'SIGQUIT');
  }

  /** Gives files that a rotation made new to the workers' user, then tells the workers (ngx_reopen_files). */
  #reopen(): void {
    this.#log.write('notice', 'reopening logs');
    for (const failure of this.#logs.reopen()) this.#log.write('emerg', failure);
    const crew = this.#crew;
    if (crew === null) return;
    const { runAs, logFiles } = crew.settings;
    for (const path of runAs === null ? [] : logFiles) this.#give(path, runAs!);
    for (const each of [crew, ...this.#leaving]) this.#signal(each, 'SIGUSR1');
  }

  #give(path: string, owner: RunAs): void {
    try {
      closeSync(openAppend(path));
      chownTo(path, owner);
    } catch (error) {
      this.#log.write('emerg', `open() "${path}" failed ${errnoText(errnoOf(error))}`);
    }
  }

  #openLog(plan: Plan, report: Report): boolean {
    const { errorLog } = settingsOf(plan);
    const targets: readonly ErrorLogTarget[] = errorLog.length > 0 ? errorLog : this.#start.fallbackLog;
    const logs = new ErrorLogs(process.pid);
    try {
      this.#log = logs.logger(targets);
    } catch (error) {
      report('emerg', (error as Error).message);
      return false;
    }
    void this.#logs.close();
    this.#logs = logs;
    return true;
  }

  /** Starts the workers of a plan; null when one of them could not serve it. */
  async #hire(plan: Plan, report: Report): Promise<Crew | null> {
    const settings = settingsOf(plan);
    const workers = this.#start.overrides?.workers ?? settings.workers;
    const crew: Crew = {
      plan,
      settings,
      children: new Map(),
      cacheKeeper: null,
      relay: new ZoneRelay(),
      wanted: true,
    };
    if (!(await this.#canBind(settings, report))) return null;
    this.#log.write('notice', 'start worker processes');
    // The first says what is wrong, once; the others start together.
    const isFirstServing = await this.#startWorker(crew, report);
    const others = Array.from({ length: isFirstServing ? workers - 1 : 0 }, () =>
      this.#startWorker(crew, report),
    );
    const areServing = [isFirstServing, ...(await Promise.all(others))];
    if (!areServing.every(Boolean)) {
      this.#dismiss(crew, 'SIGTERM');
      return null;
    }
    return crew;
  }

  /**
   * Tries the addresses that are new here, in the master: in a worker, `node:cluster` fails an assertion when it asks a second
   * time for an address that was in use.
   */
  async #canBind({ sockets }: ProcessSettings, report: Report): Promise<boolean> {
    const held = new Set(this.#crew?.settings.sockets.map(({ address }) => address.text));
    const trial = new ListeningSockets();
    const failure = await trial.open(
      sockets.map(({ address }) => address).filter(({ text }) => !held.has(text)),
      (level, message) => {
        report(level, message);
        // At the first start `report` is standard error and not the log.
        if (this.#crew === null && !this.#log.standardError) this.#log.write(level, message);
      },
    );
    trial.close();
    return failure === null;
  }

  #startWorker(crew: Crew, report: Report): Promise<boolean> {
    const child = cluster.fork({ [workerMark]: '1' });
    this.#log.write('notice', `start worker process ${child.process.pid}`);
    crew.cacheKeeper ??= child;
    const task: ToWorker = {
      kind: 'serve',
      plan: crew.plan,
      fallbackLog: this.#start.fallbackLog,
      keepsCacheSize: crew.cacheKeeper === child,
      tickets: this.#tickets,
    };
    child.once('online', () => {
      tell(child, task);
      for (const relay of [this.#relay, crew.relay]) relay.join(memberOf(child));
    });
    const serving = new Promise<boolean>((resolve) => {
      child.on('message', (message: FromWorker) => {
        if (message.kind === 'report') report(message.level, message.message);
        else if (message.kind === 'zones') {
          crew.relay.pass(child.id, message.changes.filter(isOfCrew));
          this.#relay.pass(
            child.id,
            message.changes.filter((change) => !isOfCrew(change)),
          );
        } else resolve(message.kind === 'serving');
      });
      // It could not be started, or not be spoken to: without this, that would end the master.
      child.on('error', (error) => {
        this.#log.write('alert', `worker process ${child.process.pid}: ${error.message}`);
        resolve(false);
      });
      child.process.on('exit', (code, signal) => {
        resolve(false);
        this.#left(crew, child, code, signal);
      });
    });
    crew.children.set(child, serving);
    return serving;
  }

  #left(crew: Crew, child: Child, code: number | null, signal: NodeJS.Signals | null): void {
    crew.children.delete(child);
    if (crew.cacheKeeper === child) crew.cacheKeeper = null;
    for (const relay of [this.#relay, crew.relay]) relay.leave(child.id);
    const name = `worker process ${child.process.pid}`;
    if (signal === null) this.#log.write('notice', `${name} exited with code ${code}`);
    else this.#log.write('alert', `${name} exited on signal ${constants.signals[signal]}`);
    // Another one could not begin to serve either (ngx_process_get_status).
    const isFatal = code === couldNotServe;
    if (isFatal) this.#log.write('alert', `${name} exited with fatal code ${code} and cannot be respawned`);
    if (crew.wanted && crew === this.#crew && !isFatal) {
      void this.#startWorker(crew, (level, message) => this.#log.write(level, message));
      return;
    }
    if (crew.children.size > 0) return;
    this.#leaving.delete(crew);
    this.#whenGone();
  }

  #dismiss(crew: Crew, signal: NodeJS.Signals): void {
    crew.wanted = false;
    if (crew.children.size > 0) this.#leaving.add(crew);
    this.#signal(crew, signal);
  }

  /** A worker that has just begun takes no signal: QUIT would kill it, and USR1 start Node's debugger. TERM may kill it. */
  #signal(crew: Crew, signal: NodeJS.Signals): void {
    for (const [child, serving] of crew.children)
      if (signal === 'SIGTERM') child.process.kill(signal);
      else void serving.then(() => child.process.kill(signal));
  }
}

function memberOf(child: Child): Member {
  return { id: child.id, tell: (news) => tell(child, news) };
}

/** A worker may end at any moment: without a callback `send` would make an error of that, and its exit tells it anyhow. */
function tell(child: Child, message: ToWorker | ZoneNews): void {
  if (child.isConnected()) child.send(message, () => {});
}
