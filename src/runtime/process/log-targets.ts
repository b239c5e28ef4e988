import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HttpPlan, Plan } from '../../3-plan/schema.ts';
import type { LogLevel } from '../../engine/api.ts';
import type { AccessLogTarget } from '../log/access-log.ts';
import type { ErrorLogTarget, ErrorSink } from '../log/error-log.ts';

type LogDestination = HttpPlan['accessLogs'][number];

/**
 * What to write to for an access log; null for paths with variables, which each line brings along, and for the log
 * that nobody wrote down when its directory is missing: nginx's packages bring that directory, we cannot.
 */
export function accessLogTarget(destination: LogDestination): AccessLogTarget | null {
  const { kind, path, buffer, flush, gzip, syslog, origin } = destination;
  if (kind === 'stderr') return { kind };
  if (origin === -1 && !existsSync(dirname(path))) return null;
  if (syslog !== null) return { kind: 'syslog', syslog };
  if (kind === 'variable') return null;
  return { kind: 'file', path, buffering: buffer > 0 ? { size: buffer, flush, gzip } : null };
}

/** What to write to for `error_log` directives: their destinations are in `plan.errorLogs`. */
export function errorLogTargets(
  plan: Plan,
  targets: ReadonlyArray<{ readonly log: number; readonly level: string }>,
): ErrorLogTarget[] {
  return targets.map(({ log, level }) => ({ to: errorSink(plan.errorLogs[log]!), level: level as LogLevel }));
}

function errorSink({ kind, path, buffer, syslog }: LogDestination): ErrorSink {
  if (syslog !== null) return { kind: 'syslog', syslog };
  switch (kind) {
    case 'stderr':
      return { kind: 'stderr' };
    case 'memory':
      return { kind: 'memory', size: buffer };
    default:
      return { kind: 'file', path };
  }
}
