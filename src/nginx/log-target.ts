import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { logLevels, syslogFacilities, syslogPort } from './syslog.ts';
import { isUrlError, parseUrl } from './url.ts';
import { parseSize } from './values/size.ts';

/** What `error_log` and `access_log` share (ngx_log.c, ngx_syslog.c). */

/** ngx_syslog_process_conf: `syslog:server=…,facility=…,tag=…,severity=…` in the first argument. */
export function checkSyslog(cx: CheckContext): Problem | null {
  const refuse = (message: string): Problem => problem('invalid-parameter', message, { word: 0 });
  const seen = new Set<string>();
  for (const parameter of cx.arg(0).slice('syslog:'.length).split(',')) {
    const key = /^(?:server|facility|severity|tag)(?==)/.exec(parameter)?.[0];
    if (key === undefined) {
      if (parameter === 'nohostname') continue;
      return refuse(`unknown syslog parameter "${parameter}"`);
    }
    if (seen.has(key)) return refuse(`duplicate syslog "${key}"`);
    seen.add(key);
    const value = parameter.slice(key.length + 1);
    if (key === 'server') {
      const url = parseUrl(value, { defaultPort: syslogPort }, cx);
      if (isUrlError(url)) return refuse(`${url.error} in syslog server "${value}"`);
    } else if (key === 'facility') {
      if (!syslogFacilities.includes(value)) return refuse(`unknown syslog facility "${value}"`);
    } else if (key === 'severity') {
      if (!logLevels.includes(value)) return refuse(`unknown syslog severity "${value}"`);
    } else if (value.length > 32) return refuse('syslog tag length exceeds 32');
    else if (!/^\w*$/.test(value))
      return refuse('syslog "tag" only allows alphanumeric characters and underscore');
  }
  return seen.has('server') ? null : refuse('no syslog server specified');
}

const debugLevels: ReadonlySet<string> = new Set([
  'debug_core',
  'debug_alloc',
  'debug_mutex',
  'debug_event',
  'debug_http',
  'debug_mail',
  'debug_stream',
]);

const longestNumber = 20; // NGX_SIZE_T_LEN, NGX_INT_T_LEN
const longestMessage = 2048; // NGX_MAX_ERROR_STR

/** Bytes that a memory log needs besides the name of the file: its head with two numbers and a zero, and one message (ngx_log_set_log). */
const memoryLogHead = 'MEMLOG  :\n'.length + 1 + 2 * longestNumber + longestMessage;

/** ngx_log_set_log: `error_log` of the core, http, stream and mail modules. */
export function checkErrorLog(cx: CheckContext): Problem | null {
  const target = cx.arg(0);
  if (target.startsWith('memory:')) {
    const size = parseSize(target.slice('memory:'.length));
    if (size === null || size < memoryLogHead + cx.node.file.path.length)
      return problem('invalid-value', `invalid buffer size "${target.slice('memory:'.length)}"`, { word: 0 });
  } else if (target.startsWith('syslog:')) {
    const refused = checkSyslog(cx);
    if (refused !== null) return refused;
  }
  let level = false;
  let debug = false;
  for (let word = 1; word < cx.values.length; word++) {
    const value = cx.arg(word);
    const invalid = problem('invalid-value', `invalid log level "${value}"`, {
      word,
      detail: `It takes one of: ${logLevels.join(', ')}.`,
    });
    if (logLevels.includes(value)) {
      if (level || debug) return problem('invalid-value', `duplicate log level "${value}"`, { word });
      level = true;
    } else if (debugLevels.has(value)) {
      if (level) return invalid;
      debug = true;
    } else return invalid;
  }
  return null;
}
