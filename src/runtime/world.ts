import { hostname } from 'node:os';
import type { World } from '../engine/api.ts';
import { realFileSystem } from './file-system.ts';

/** The world a worker's engine lives in. */
export function createWorld(pid: number, connections: World['connections'], log: World['log']): World {
  let second = -1;
  let date = '';
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    httpDate: () => {
      const now = Math.floor(Date.now() / 1000);
      if (now !== second) {
        second = now;
        date = new Date(now * 1000).toUTCString();
      }
      return date;
    },
    random: Math.random,
    connections,
    pid,
    hostname: hostname().toLowerCase(),
    environment: process.env,
    files: realFileSystem,
    log,
  };
}
