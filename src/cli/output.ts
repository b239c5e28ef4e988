import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, systemReason } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/**
 * Hands over what a command was asked for: in the file of `--output`, whose folder is made where it is missing, or on
 * standard output.
 *
 * @throws CliError when it cannot be written
 */
export async function deliver(text: string, file: string | undefined, terminal: Terminal): Promise<void> {
  if (file === undefined) return terminal.out(text);
  const absolute = path.resolve(terminal.cwd, file);
  try {
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  } catch (error) {
    throw new CliError(`cannot write ${file}: ${systemReason(error)}`);
  }
}
