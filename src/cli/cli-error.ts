import { systemError } from '../system/errno.ts';

/** Something the user has to mend: said in one line, without a stack, with exit code 2. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 2) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** What the system said, in words, for messages such as `cannot read nginx.conf: permission denied`. */
export function systemReason(error: unknown): string {
  const { number, text } = systemError((error as NodeJS.ErrnoException | null)?.code ?? '');
  if (number !== 0) return text[0]!.toLowerCase() + text.slice(1);
  return error instanceof Error ? error.message : String(error);
}
