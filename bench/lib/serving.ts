/** Starts what is measured, and the helpers beside it, each in a process of its own. */

import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processTree } from './cpu.ts';

export interface Server {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly pids: readonly number[];
}

/** Command and arguments of Hopwright in nginx's place, as it was built. */
export const hopwright: readonly string[] = [
  process.execPath,
  join(import.meta.dirname, '../../bin/hopwright-nginx.js'),
];

/** nginx's own temporary folders, below `directory`. */
export const tempPaths = (directory: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(' ');

/** Starts a server with a configuration whose pid file is `directory/port.pid`, and waits until it listens. */
export async function start(
  name: string,
  [command = '', ...args]: readonly string[],
  { directory, port, text }: { directory: string; port: number; text: string },
): Promise<Server> {
  const path = join(directory, `${port}.conf`);
  writeFileSync(path, text);
  const child = spawn(command, [...args, '-p', `${directory}/`, '-c', path], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (let tries = 0; !existsSync(join(directory, `${port}.pid`)); tries++) {
    if (tries === 100 || child.exitCode !== null) throw new Error(`${name} did not start`);
    await delay(50);
  }
  return { name, port, child, pids: processTree(child.pid!) };
}

export interface Helper {
  readonly child: ChildProcess;
  /** The first message it sends. */
  readonly message: Promise<unknown>;
  /** Its exit code. */
  readonly exit: Promise<number | null>;
}

/** Runs a script of this folder. */
export function helper(script: string, args: readonly string[]): Helper {
  const child = fork(join(import.meta.dirname, script), args);
  return {
    child,
    message: new Promise((resolve) => child.once('message', resolve)),
    exit: new Promise((resolve) => child.once('exit', resolve)),
  };
}
