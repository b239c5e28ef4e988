import { CliError } from './cli-error.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { Terminal } from './terminal.ts';

/** `hopwright explain`. */
export async function runExplain(
  _conf: string,
  _url: string | undefined,
  _options: ExplainOptions,
  _terminal: Terminal,
): Promise<number> {
  throw new CliError('explain is not part of this build');
}
