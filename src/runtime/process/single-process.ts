import type { Plan } from '../../3-plan/schema.ts';
import { keepHeapSmall } from '../heap.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { prepareProcess } from './prepare.ts';
import type { Start } from './serve.ts';
import { ServerProcess, type Report } from './server-process.ts';
import { onSignals } from './signals.ts';

/**
 * Master and worker in one: this process reads the configuration, has the sockets and serves. A reload is another
 * generation in the same process, so neither a connection nor a tunnel is lost, and nothing is paid for a second process.
 *
 * @returns the exit status
 */
export async function runAlone(start: Start): Promise<number> {
  keepHeapSmall();
  const server = new ServerProcess(start.fallbackLog, false);
  if (!(await serveFirst(server, start))) return 1;
  const settings = server.settings!;
  const log: Report = (level, message) => server.log(level, message);
  process.on('uncaughtException', (error) => server.internalError(error));
  // Who reads the pid file may send a signal at once (nginx, too, has ngx_init_signals before ngx_create_pidfile).
  const stopped = untilStopped(server, start, log);
  if (start.pidFile !== null) {
    const failure = writePidFile(start.pidFile);
    if (failure !== null) {
      start.report('emerg', failure);
      await server.terminate();
      return 1;
    }
  }
  start.onReady?.(settings);
  log('notice', 'start worker processes');
  await stopped;
  if (start.pidFile !== null) removePidFile(start.pidFile);
  return 0;
}

async function serveFirst(server: ServerProcess, start: Start): Promise<boolean> {
  return (
    prepareProcess(start.plan, start.report) &&
    (await server.serve(start.plan, start.report, start.contents?.()))
  );
}

function untilStopped(server: ServerProcess, start: Start, log: Report): Promise<void> {
  return new Promise((stopped) => {
    let stopping = false;
    let reloading: Promise<void> = Promise.resolve();
    const stop = onSignals({
      log: (message) => log('notice', message),
      stop: () => {
        stopping = true;
        log('notice', 'exiting');
        void server.terminate().then(finish);
      },
      quit: () => {
        if (stopping) return;
        stopping = true;
        void reloading.then(() => server.quit()).then(finish);
      },
      reload: () => {
        // One after the other: each reads the configuration as it is when its turn comes.
        reloading = reloading
          .then(() => (stopping ? undefined : reload(server, start, log)))
          .catch((error: Error) => log('alert', `internal error: ${error.stack ?? error.message}`));
      },
      reopen: () => {
        log('notice', 'reopening logs');
        server.reopenLogs();
      },
      pause: () => void server.quit(),
    });
    // Keeps the process while WINCH has closed all sockets.
    const alive = setInterval(() => {}, 2 ** 30);
    const finish = (): void => {
      clearInterval(alive);
      stop();
      stopped();
    };
  });
}

async function reload(server: ServerProcess, start: Start, log: Report): Promise<void> {
  log('notice', 'reconfiguring');
  const plan: Plan | null = await start.load(log);
  if (plan !== null) await server.serve(plan, log, start.contents?.());
}
