import type { ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { logLevels, syslogFacilities, syslogPort } from '../../nginx/syslog.ts';
import { parseOffset, parseSize } from '../../nginx/values/size.ts';
import { parseMilliseconds } from '../../text/time.ts';
import type { LowerContext } from '../lower-context.ts';
import type { ModuleSettings, Plan } from '../schema.ts';
import { parseTemplate } from '../template-text.ts';
import type { Lowerings } from './lowering.ts';
import { word, words } from './lowering.ts';

type Destination = Plan['errorLogs'][number];
type AccessTarget = NonNullable<ModuleSettings<'log'>['access_log']>[number];
type ErrorTarget = ModuleSettings<'core'>['error_log'][number];

const combined =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** ngx_http_log_module, and `error_log` of the core. */
export const logLowerings: Lowerings = {
  log_format(cx, _level, directive) {
    const [name = '', ...rest] = words(directive);
    let escape: 'default' | 'json' | 'none' = 'default';
    if (rest[0]?.startsWith('escape=')) escape = rest.shift()!.slice(7) as typeof escape;
    cx.http.logFormats.push({
      name,
      escape,
      format: parseTemplate(rest.join('')),
      origin: cx.origin(directive),
    });
  },
  access_log(cx, level, directive) {
    const list = level.list<AccessTarget>('log', 'access_log', directive);
    if (word(directive, 0) === 'off') list.length = 0;
    else list.push(lowerAccessLog(cx, directive));
  },
  error_log(cx, level, directive) {
    level.list<ErrorTarget>('core', 'error_log', directive).push(lowerErrorLog(cx, directive));
  },
};

/** The log that applies where no `access_log` was written. */
export function defaultAccessLog(cx: LowerContext): AccessTarget {
  const log = destination(cx, 'logs/access.log', null);
  cx.http.accessLogs.push(log);
  return {
    log: cx.http.accessLogs.length - 1,
    format: formatIndex(cx, 'combined'),
    path: null,
    if: null,
    origin: -1,
  };
}

/** Formats may be defined after their use, so all of them are lowered first. */
function formatIndex(cx: LowerContext, name: string): number {
  const found = cx.http.logFormats.findIndex((each) => each.name === name);
  if (found !== -1) return found;
  return (
    cx.http.logFormats.push({
      name: 'combined',
      escape: 'default',
      format: parseTemplate(combined),
      origin: -1,
    }) - 1
  );
}

function lowerAccessLog(cx: LowerContext, directive: ResolvedDirective): AccessTarget {
  const [path = '', ...rest] = words(directive);
  const target = destination(cx, path, directive);
  let format = 'combined';
  let condition: AccessTarget['if'] = null;
  for (const [index, option] of rest.entries()) {
    if (option.startsWith('buffer=')) target.buffer = parseOffset(option.slice(7)) ?? 0;
    else if (option.startsWith('flush=')) target.flush = parseMilliseconds(option.slice(6)) ?? 0;
    else if (option === 'gzip' || option.startsWith('gzip=')) target.gzip = Number(option.slice(5) || '1');
    else if (option.startsWith('if=')) condition = parseTemplate(option.slice(3));
    else if (index === 0) format = option;
  }
  if (target.gzip > 0 && target.buffer === 0) target.buffer = 65536;
  const variable = target.kind === 'variable' ? parseTemplate(cx.path(path)) : null;
  const log = shared(cx.http.accessLogs, target);
  return {
    log,
    format: formatIndex(cx, format),
    path: variable,
    if: condition,
    origin: cx.origin(directive),
  };
}

/** `error_log`: the destination, shared with others of the same, and the lowest level that goes there (`error` unless said). */
export function lowerErrorLog(cx: LowerContext, directive: ResolvedDirective): ErrorTarget {
  const target = destination(cx, word(directive, 0), directive);
  const rest = words(directive).slice(1);
  const level =
    rest.find((each) => logLevels.includes(each)) ??
    (rest.some((each) => each.startsWith('debug_')) ? 'debug' : 'error');
  return { log: shared(cx.plan.errorLogs, target), level, origin: cx.origin(directive) };
}

/** `directive` is null for the log that nobody wrote. */
function destination(cx: LowerContext, text: string, directive: ResolvedDirective | null): Destination {
  const origin = directive === null ? -1 : cx.origin(directive);
  const base = { path: '', buffer: 0, flush: 0, gzip: 0, syslog: null, origin };
  if (text === 'stderr') return { ...base, kind: 'stderr' };
  if (text.startsWith('syslog:')) {
    const syslog = syslogParameters(text.slice(7));
    if (directive !== null && syslog.address.startsWith('unix:'))
      cx.notImplemented(directive, {
        parameter: 'syslog:server=unix:',
        detail: 'Node has no unix datagram sockets, so the log cannot be opened.',
      });
    return { ...base, kind: 'syslog', syslog };
  }
  if (text.startsWith('memory:')) return { ...base, kind: 'memory', buffer: parseSize(text.slice(7)) ?? 0 };
  if (text.includes('$')) return { ...base, kind: 'variable' };
  return { ...base, kind: 'file', path: cx.path(text) };
}

/** `server=…,facility=…,severity=…,tag=…,nohostname` (ngx_syslog_process_conf). */
function syslogParameters(text: string): NonNullable<Destination['syslog']> {
  const parameters = new Map(
    text.split(',').map((each) => {
      const [key = '', value = ''] = each.split(/=(.*)/s);
      return [key, value];
    }),
  );
  const server = parameters.get('server') ?? '';
  const unix = server.startsWith('unix:');
  const [, bracketed, plain, port] = unix ? [] : (/^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(server) ?? []);
  return {
    address: bracketed ?? plain ?? server,
    port: port === undefined ? syslogPort : Number(port),
    facility: syslogFacilities.indexOf(parameters.get('facility') ?? 'local7'),
    severity: logLevels.indexOf(parameters.get('severity') ?? 'info'),
    tag: parameters.get('tag') ?? 'nginx',
    noHostname: parameters.has('nohostname'),
  };
}

/** One entry for each destination: nginx opens a file once. */
function shared(list: Destination[], target: Destination): number {
  const found = list.findIndex(
    (each) =>
      each.kind === target.kind &&
      each.path === target.path &&
      each.buffer === target.buffer &&
      each.gzip === target.gzip &&
      JSON.stringify(each.syslog) === JSON.stringify(target.syslog),
  );
  if (found === -1) return list.push(target) - 1;
  // Written out, the default log is one like the others.
  if (list[found]!.origin === -1) list[found]!.origin = target.origin;
  return found;
}
