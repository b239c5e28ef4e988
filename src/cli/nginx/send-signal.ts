import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf, errnoText } from '../../system/errno.ts';
import type { NginxSignal } from './options.ts';
import type { StartLog } from './start-log.ts';

const signalOf: Readonly<Record<NginxSignal, NodeJS.Signals>> = {
  stop: 'SIGTERM',
  quit: 'SIGQUIT',
  reopen: 'SIGUSR1',
  reload: 'SIGHUP',
};

/**
 * Signals the running master whose number is in the pid file (ngx_signal_process).
 *
 * @returns the exit status
 */
export function sendSignal(signal: NginxSignal, pidFile: string, log: StartLog): number {
  log.write('notice', 'signal process started');
  let text: string;
  try {
    text = readFileSync(pidFile, 'latin1').trimEnd();
  } catch (error) {
    log.write('error', `open() "${pidFile}" failed ${errnoText(errnoOf(error))}`);
    return 1;
  }
  const pid = /^\d+$/.test(text) ? Number(text) : 0;
  if (pid === 0) {
    log.write('error', `invalid PID number "${text}" in "${pidFile}"`);
    return 1;
  }
  try {
    process.kill(pid, signalOf[signal]);
    return 0;
  } catch (error) {
    const number = constants.signals[signalOf[signal]];
    log.write('alert', `kill(${pid}, ${number}) failed ${errnoText(errnoOf(error))}`);
    return 1;
  }
}
