import { readFileSync } from 'node:fs';
import { textOfBytes } from '../text/source-file.ts';
import { CliError, systemReason } from './cli-error.ts';

/** Everything a command needs of the process it runs in, so that tests can run commands without one. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes text, or bytes as they are; resolves when the reader took it or went away. @throws CliError when it cannot be written */
  out(text: string | Uint8Array): Promise<void>;
  err(text: string): Promise<void>;
  /** All of standard input as a latin1 byte string. */
  stdin(): string;
  /** Null when standard output is no terminal. */
  readonly columns: number | null;
  /** Says that the work ahead takes less than a second. */
  hurry(): void;
}

/** The process's own streams. A reader that went away (`hopwright … | head`) ends the output, not the process with an error. */
export function processTerminal(): Terminal {
  // Each write learns of its own failure.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const write = (
    stream: NodeJS.WriteStream,
    text: string | Uint8Array,
  ): Promise<NodeJS.ErrnoException | null> =>
    new Promise((resolve) => {
      if (text.length === 0 || stream.destroyed) resolve(null);
      else stream.write(text, (error) => resolve(error ?? null));
    });
  return {
    cwd: process.cwd(),
    env: process.env,
    out: async (text) => {
      const error = await write(process.stdout, text);
      if (error !== null && error.code !== 'EPIPE')
        throw new CliError(`cannot write standard output: ${systemReason(error)}`);
    },
    // Where complaints cannot be written there is nowhere to complain of it.
    err: async (text) => void (await write(process.stderr, text)),
    stdin: () => textOfBytes(readFileSync(0)),
    columns: process.stdout.isTTY ? (process.stdout.columns ?? 100) : null,
    // V8's second optimizing compiler takes more time from such a run than it gives back.
    hurry: () => process.getBuiltinModule('node:v8').setFlagsFromString('--no-opt'),
  };
}

/** Whether to colour: `--color`/`--no-color`, then NO_COLOR (https://no-color.org) and FORCE_COLOR, then the terminal. */
export function wantsColor(terminal: Terminal, option: boolean | undefined): boolean {
  if (option !== undefined) return option;
  const { NO_COLOR: never, FORCE_COLOR: always, TERM: term } = terminal.env;
  if (never !== undefined && never !== '') return false;
  if (always !== undefined && always !== '') return always !== '0' && always !== 'false';
  return terminal.columns !== null && term !== 'dumb';
}
