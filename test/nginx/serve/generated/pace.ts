/** How much time a case has; all in milliseconds. */
export interface Pace {
  /** Without a byte for so long, nothing more is expected of an answer. */
  readonly patience: number;
  /** Between the pieces of requests and answers. */
  readonly pause: number;
  /** For what goes on behind a complete answer: more bytes, connections that are closed, lines of logs. */
  readonly settling: number;
  /** How many times as long the timeouts of the configuration are. */
  readonly timeouts: number;
}

/**
 * The paces at which a case is run, one after the other as long as the servers differ in the same way. What only a busy
 * machine brings about (a timeout that passed while a process did not get to run, pieces that were read at once) is not
 * there when ten times as much time has to pass for it.
 */
export const paces: readonly Pace[] = [
  { patience: 1000, pause: 12, settling: 6, timeouts: 1 },
  { patience: 3000, pause: 60, settling: 60, timeouts: 4 },
  { patience: 10_000, pause: 150, settling: 250, timeouts: 15 },
];

/** A configuration whose timeouts of some hundred milliseconds are as many times as long. */
export function withTimeouts(config: string, times: number): string {
  return config.replace(/(_timeout )(\d+)ms;/g, (_, name, value) => `${name}${Number(value) * times}ms;`);
}
