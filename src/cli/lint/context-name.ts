import { contextNames } from '../../nginx/facts-format.ts';
import type { Context } from '../../nginx/types.ts';
import { CliError } from '../cli-error.ts';

/** The context that `--context` names. */
export function checkContextName(name: string): Context {
  const known: readonly string[] = contextNames;
  if (known.includes(name)) return name as Context;
  throw new CliError(`--context ${name}: it has to be one of ${known.join(', ')}`);
}
