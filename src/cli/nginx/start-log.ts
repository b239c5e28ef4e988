import { writeSync } from 'node:fs';
import type { LogLevel } from '../../engine/api.ts';
import { isDaemon } from '../../runtime/process/daemon.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { errorLine, errorLogTime, levelNumbers } from '../../runtime/log/error-line.ts';
import { openAppend } from '../../runtime/log/log-file.ts';

/** nginx's texts on standard error, `nginx: …`. A closed standard error is no reason to stop. */
export function printError(text: string): void {
  try {
    writeSync(2, Buffer.from(`nginx: ${text}\n`, 'latin1'));
  } catch {
    // Nobody listens.
  }
}

/** Takes messages until the configuration has named a log. */
export interface StartLog {
  write(level: LogLevel, text: string): void;
}

/**
 * The log of the command line (ngx_log_init): messages up to `notice` go to the file, those up to `warn` to standard
 * error as well, in its short form. Where the file cannot be opened, standard error takes its place.
 *
 * @param path absolute; null = standard error
 */
export function openStartLog(path: string | null): StartLog {
  const fd = path === null ? 2 : open(path);
  return {
    write(level, text) {
      if (levelNumbers[level] > levelNumbers.notice) return;
      const line = errorLine(errorLogTime(new Date()), level, process.pid, 0, text);
      try {
        writeSync(fd, line, null, 'latin1');
      } catch {
        // A full disk must not hide the message on standard error.
      }
      if (fd !== 2 && levelNumbers[level] <= levelNumbers.warn) printError(`[${level}] ${text}`);
    },
  };
}

function open(path: string): number {
  try {
    return openAppend(path);
  } catch (error) {
    // The command that started this daemon said so.
    if (isDaemon()) return 2;
    printError(`[alert] could not open error log file: open() "${path}" failed ${errnoText(errnoOf(error))}`);
    return 2;
  }
}
