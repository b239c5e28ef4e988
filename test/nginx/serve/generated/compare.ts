import { withTimesOf } from '../times.ts';
import type { Observation } from './run-case.ts';

/** One thing that both servers did differently. */
export interface Difference {
  /** `start`, `answer`, `end`, `upstream`, `access log` or `error log`. */
  readonly field: string;
  /** Index of the request; -1 where it belongs to none. */
  readonly request: number;
  readonly nginx: string;
  readonly ours: string;
}

/** What differs; the first difference of a request hides what follows from it. */
export function compareObservations(nginx: Observation, ours: Observation): Difference[] {
  if (nginx.refused !== null || ours.refused !== null) {
    return nginx.refused === ours.refused
      ? []
      : [{ field: 'start', request: -1, nginx: nginx.refused ?? 'starts', ours: ours.refused ?? 'starts' }];
  }
  const found: Difference[] = [];
  for (const [request, theirs] of nginx.requests.entries()) {
    const mine = ours.requests[request]!;
    const add = (field: string, a: string, b: string): void => {
      if (a !== b) found.push({ field, request, nginx: a, ours: b });
    };
    const addTimed = (field: string, a: string, b: string): void =>
      add(field, a, withTimesOf({ text: a, at: theirs.at }, { text: b, at: mine.at }));
    addTimed('upstream', theirs.upstream.join('\n'), mine.upstream.join('\n'));
    addTimed('answer', theirs.answer, mine.answer);
    add('end', theirs.end, mine.end);
  }
  const logs = (field: string, a: readonly string[], b: readonly string[]): void => {
    // Lines of requests that end at nearly the same time may change places.
    const [left, right] = [a.toSorted(), b.toSorted()];
    const missing = left.filter((line) => !right.includes(line));
    const extra = right.filter((line) => !left.includes(line));
    if (left.join('\n') !== right.join('\n'))
      found.push({ field, request: -1, nginx: missing.join('\n'), ours: extra.join('\n') });
  };
  logs('access log', nginx.accessLog, ours.accessLog);
  logs('error log', nginx.errorLog, ours.errorLog);
  return found;
}

/** What a difference is about, without what is particular to the case: the first lines, or parts of a log's line, that differ. */
export function kindOf({ field, nginx, ours }: Difference): string {
  const separator = field === 'access log' ? /[|\n]/ : '\n';
  const [a, b] = [nginx.split(separator), ours.split(separator)];
  const at = Array.from({ length: Math.max(a.length, b.length) }).findIndex(
    (_, index) => a[index] !== b[index],
  );
  const part = (parts: readonly string[]): string =>
    (parts[at]?.trimEnd() ?? '(nothing)')
      .replace(/, client: .*$/, '')
      .replace(/\/tmp\/[\w-]+(?:\/\d+)?/g, 'DIR')
      .slice(0, 100);
  return `${field}: ${part(a)} | ${part(b)}`;
}
