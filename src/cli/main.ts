import { CliError } from './cli-error.ts';
import { isWorkerProcess } from '../runtime/process/worker-role.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/**
 * Runs `hopwright` with the arguments after the command's name and gives its exit code: 0 fine, 1 findings,
 * 2 usage, unreadable input or a mistake of our own. Commands and their codes: docs/cli.md.
 */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    if (isWorkerProcess()) {
      const { runWorker } = await import('../runtime/process/worker-process.ts');
      process.exit(await runWorker());
    }
    if (argv[0] === 'nginx') {
      const { main: nginx } = await import('./nginx.ts');
      return await nginx(argv.slice(1));
    }
    const { runProgram } = await import('./program.ts');
    return await runProgram(argv, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

async function report(error: unknown, terminal: Terminal): Promise<number> {
  if (error instanceof CliError) {
    await terminal.err(`hopwright: ${error.message}\n`);
    return error.exitCode;
  }
  const debug = terminal.env['HOPWRIGHT_DEBUG'] === '1';
  const text = error instanceof Error ? ((debug ? error.stack : undefined) ?? error.message) : String(error);
  const hint = debug ? '' : ' (this is a mistake in hopwright; HOPWRIGHT_DEBUG=1 shows where)';
  await terminal.err(`hopwright: internal error: ${text}${hint}\n`);
  return 2;
}
