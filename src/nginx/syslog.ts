/** Names of facilities, in the order of their numbers (ngx_syslog.c, facilities). */
export const syslogFacilities: readonly string[] = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'intern', 'lpr', 'news', 'uucp', 'clock', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'cron', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6'],
  'local7',
];

/** Levels of messages, in the order of their numbers (ngx_syslog.c, severities); those of `error_log` too. */
export const logLevels: readonly string[] = [
  'emerg',
  'alert',
  'crit',
  'error',
  'warn',
  'notice',
  'info',
  'debug',
];

/** Where syslog listens when no port is given. */
export const syslogPort = 514;
