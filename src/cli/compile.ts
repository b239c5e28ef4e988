import { CliError } from './cli-error.ts';
import type { CompileOptions } from './commands/compile.ts';
import type { Terminal } from './terminal.ts';

/** `hopwright compile`. */
export async function runCompile(
  _conf: string | undefined,
  _options: CompileOptions,
  _terminal: Terminal,
): Promise<number> {
  throw new CliError('compile is not part of this build');
}
