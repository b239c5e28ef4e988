import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's space for new objects as small as it is at the start. It would grow to tens of megabytes with the first burst of
 * connections and stay; what a proxy allocates for a request is dead after it, so small and frequent collections cost no more.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
