import { isTarget } from '../nginx/versions.ts';
import { CliError } from './cli-error.ts';

/**
 * The nginx version that `HOPWRIGHT_TARGET` names, or `any`; null where it is not set.
 *
 * @throws CliError when it is neither
 */
export function environmentTarget(env: Readonly<Record<string, string | undefined>>): string | null {
  const wanted = env['HOPWRIGHT_TARGET'] ?? '';
  if (wanted === '') return null;
  if (isTarget(wanted)) return wanted;
  throw new CliError(`HOPWRIGHT_TARGET is "${wanted}": neither a version such as 1.31.5 nor "any"`);
}
