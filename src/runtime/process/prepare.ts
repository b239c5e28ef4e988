import type { Plan } from '../../3-plan/schema.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { settingsOf } from './plan-settings.ts';
import { raiseFileLimit } from './privileges.ts';
import type { Report } from './server-process.ts';

/** Sets up what a process has once: limits, environment, working directory. Returns whether it can go on. */
export function prepareProcess(plan: Plan, report: Report): boolean {
  const { fileLimit, environment, workingDirectory } = settingsOf(plan);
  for (const [name, value] of environment) process.env[name] = value;
  if (fileLimit !== null) {
    const failure = raiseFileLimit(fileLimit);
    if (failure !== null) report('alert', failure);
  }
  if (workingDirectory === null) return true;
  try {
    process.chdir(workingDirectory);
    return true;
  } catch (error) {
    report('alert', `chdir("${workingDirectory}") failed ${errnoText(errnoOf(error))}`);
    return false;
  }
}
