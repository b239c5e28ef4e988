import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HttpPlan, Plan } from '../../3-plan/schema.ts';
import type { LogLevel } from '../../engine/api.ts';
import type { AccessLogTarget } from '../log/access-log.ts';
import type { ErrorLogTarget, ErrorSink } from '../log/error-log.ts';
import type { SyslogTarget } from '../log/syslog.ts';
import { bytesOf } from './bytes.ts';

type LogDestination = HttpPlan['accessLogs'][number];

/** In the order of their numbers (ngx_syslog.c). */
const facilities = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'intern', 'lpr', 'news', 'uucp', 'clock', 'authpriv', 'ftp'],
  ...[
    'ntp',
    'audit',
    'alert',
    'cron',
    'local0',
    'local1',
    'local2',
    'local3',
    'local4',
    'local5',
    'local6',
    'local7',
  ],
];
const severities = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'];
const syslogPort = 514;

/**
 * What to write to for an access log; null for paths with variables, which each line brings along, and for the log
 * that nobody wrote down when its directory is missing: nginx's packages bring that directory, we cannot.
 */
export function accessLogTarget(destination: LogDestination): AccessLogTarget | null {
  const { kind, path, buffer, flush, gzip, options, origin } = destination;
  if (origin === -1 && !existsSync(dirname(path))) return null;
  if (kind === 'syslog') return { kind: 'syslog', syslog: syslogTarget(options) };
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

function errorSink({ kind, path, options }: LogDestination): ErrorSink {
  switch (kind) {
    case 'stderr':
      return { kind: 'stderr' };
    case 'syslog':
      return { kind: 'syslog', syslog: syslogTarget(options) };
    case 'memory':
      return { kind: 'memory', size: bytesOf(options[0] ?? '') };
    default:
      return { kind: 'file', path };
  }
}

/** `server=…`, `facility=…`, `severity=…`, `tag=…`, `nohostname`. */
function syslogTarget(options: readonly string[]): SyslogTarget {
  const value = (name: string): string | undefined =>
    options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  const server = value('server') ?? '';
  const unix = server.startsWith('unix:');
  const [, bracketed, plain, port] = unix ? [] : (/^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(server) ?? []);
  return {
    address: bracketed ?? plain ?? server,
    port: port === undefined ? syslogPort : Number(port),
    facility: facilities.indexOf(value('facility') ?? 'local7'),
    severity: severities.indexOf(value('severity') ?? 'info'),
    tag: value('tag') ?? 'nginx',
    noHostname: options.includes('nohostname'),
  };
}
