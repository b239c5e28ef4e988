import { hostname } from 'node:os';
import type { World } from '../engine/api.ts';
import { realFileSystem } from './file-system.ts';
import { Clock } from './socket/clock.ts';

/** The world a worker's engine lives in. */
export function createWorld(
  pid: number,
  caches: NonNullable<World['caches']> | null,
  connections: World['connections'],
  log: World['log'],
  clock: Clock = new Clock(),
): World {
  let second = -1;
  let date = '';
  let wall = 0;
  let readAt = -1;
  /** The wall clock, read at most once a millisecond: asking for it costs ten times as much as for the monotonic one. */
  const now = (): number => {
    const monotonic = clock.now();
    if (readAt < 0 || monotonic - readAt >= 1) {
      readAt = monotonic;
      wall = Date.now();
    }
    return wall;
  };
  return {
    now,
    monotonic: () => clock.now(),
    httpDate: () => {
      const current = Math.floor(now() / 1000);
      if (current !== second) {
        second = current;
        date = new Date(current * 1000).toUTCString();
      }
      return date;
    },
    random: Math.random,
    connections,
    pid,
    hostname: hostname().toLowerCase(),
    environment: process.env,
    files: realFileSystem,
    ...(caches === null ? {} : { caches }),
    log,
  };
}
