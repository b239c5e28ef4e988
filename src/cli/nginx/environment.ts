import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Environment } from '../../nginx/check-context.ts';

/**
 * The machine that hopwright runs on, as `nginx -t` looks at it. Answers are asked for once each.
 *
 * @param contents gets what was read, by path: a FIFO gives its bytes but once
 */
export function machine(contents: Map<string, string> = new Map()): Environment {
  return {
    access(path) {
      try {
        accessSync(path, constants.R_OK);
        return '';
      } catch (error) {
        return codeOf(error);
      }
    },
    readFile(path) {
      const known = contents.get(path);
      if (known !== undefined) return { text: known };
      try {
        const text = readFileSync(path, 'latin1');
        contents.set(path, text);
        return { text };
      } catch (error) {
        return { error: codeOf(error) };
      }
    },
    isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    resolves: memoised((host) => isIP(host) !== 0 || host === 'localhost' || isKnown('ahosts', host)),
    userExists: memoised((name) => isKnown('passwd', name)),
    groupExists: memoised((name) => isKnown('group', name)),
  };
}

/** Asks the system's name services (files, DNS, LDAP, …); Node has no synchronous way to them. */
function isKnown(database: string, key: string): boolean {
  const { status, error } = spawnSync('getent', [database, '--', key], { stdio: 'ignore', timeout: 30_000 });
  if (error === undefined) return status === 0;
  const file = { passwd: '/etc/passwd', group: '/etc/group', ahosts: '/etc/hosts' }[database]!;
  const words = readFileSync(file, 'latin1').split(/[:\s]+/);
  return words.includes(key);
}

function memoised(look: (key: string) => boolean): (key: string) => boolean {
  const known = new Map<string, boolean>();
  return (key) => {
    const answer = known.get(key) ?? look(key);
    known.set(key, answer);
    return answer;
  };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'EIO';
}
