import { CliError } from './cli-error.ts';
import type { ServeOptions } from './commands/serve.ts';
import type { Terminal } from './terminal.ts';

/** `hopwright serve`. */
export async function runServe(_file: string, _options: ServeOptions, _terminal: Terminal): Promise<number> {
  throw new CliError('serve is not part of this build');
}
