import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { errnoOf, errnoText } from '../../system/errno.ts';

/** The `user` directive. */
export interface RunAs {
  readonly user: string;
  /** The group's name; null = the one named like the user. */
  readonly group: string | null;
}

/** Whether this process may become another user, so that `user` means something (nginx warns otherwise and goes on). */
export function canChangeUser(): boolean {
  return process.geteuid?.() === 0;
}

/** `process.initgroups` is documented, and missing in Node's types. */
function initgroups(user: string, extraGroup: string): void {
  (process as unknown as { initgroups(user: string, group: string): void }).initgroups(user, extraGroup);
}

/** Gives up root for good: groups first, then the user. Returns nginx's message when that fails, else null. */
export function dropPrivileges({ user, group }: RunAs): string | null {
  const steps: ReadonlyArray<readonly [name: string, run: () => void]> = [
    [`setgid(${group ?? user})`, () => process.setgid!(group ?? user)],
    [`initgroups(${user}, ${group ?? user})`, () => initgroups(user, group ?? user)],
    [`setuid(${user})`, () => process.setuid!(user)],
  ];
  for (const [name, run] of steps) {
    try {
      run();
    } catch (error) {
      return `${name} failed ${errnoText(errnoOf(error))}`;
    }
  }
  return null;
}

/** Gives a file or directory to the user, if the user is known; nothing happens otherwise. */
export function chownTo(path: string, { user, group }: RunAs): void {
  const uid = idOf('passwd', user);
  const gid = group === null ? -1 : (idOf('group', group) ?? -1);
  if (uid !== null) chownSync(path, uid, gid);
}

/** The number of a user or group, by the system's name services. */
function idOf(database: 'passwd' | 'group', name: string): number | null {
  const { stdout } = spawnSync('getent', [database, name], { encoding: 'latin1' });
  const id = stdout?.split(':')[2];
  return id === undefined || !/^\d+$/.test(id) ? null : Number(id);
}

/**
 * Raises the limit of open files (`worker_rlimit_nofile`). Node itself goes up to the hard limit at its start, so
 * something is left to do only above that; it has no call for it, util-linux' prlimit(1) does it for us.
 *
 * @returns nginx's message when that fails, else null
 */
export function raiseFileLimit(wanted: number): string | null {
  const limits = /^Max open files +(\S+)/m.exec(readLimits())?.[1];
  if (limits === 'unlimited' || Number(limits) >= wanted) return null;
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${wanted}:${wanted}`], {
    stdio: 'ignore',
  });
  return status === 0 ? null : `setrlimit(RLIMIT_NOFILE, ${wanted}) failed ${errnoText('EPERM')}`;
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}
