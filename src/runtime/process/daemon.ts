/** Whether this process is the daemon: the command that was typed has read the same configuration before. */
export function isDaemon(): boolean {
  return process.env['HOPWRIGHT_DAEMON'] !== undefined;
}

/**
 * Runs this very command again, detached from the terminal, and waits until it serves (`daemon on`). Node cannot fork.
 *
 * @returns the exit status of the command that was typed: 0 once the daemon serves, else the daemon's own
 */
export async function daemonise(): Promise<number> {
  const { spawn } = await import('node:child_process');
  const daemon = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, HOPWRIGHT_DAEMON: '1' },
  });
  // What it says before it serves belongs on this terminal; afterwards its error log is the place.
  daemon.stderr!.pipe(process.stderr);
  return new Promise((resolve) => {
    daemon.once('message', () => {
      daemon.unref();
      daemon.disconnect();
      daemon.stderr!.unpipe();
      daemon.stderr!.destroy();
      resolve(0);
    });
    daemon.once('exit', (code) => resolve(code ?? 1));
    daemon.once('error', ({ message }) => {
      process.stderr.write(`${message}\n`);
      resolve(1);
    });
  });
}

/** Tells the command that started this daemon that it serves. Does nothing in the foreground. */
export function daemonReady(): void {
  if (!isDaemon()) return;
  process.send?.('ready');
}
