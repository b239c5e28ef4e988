import type { CheckContext } from './check-context.ts';
import { checkOpenCache } from './open-cache.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { compileScript } from './script.ts';
import { Slot } from './store.ts';
import { checkSyslog } from './log-target.ts';
import { fullName } from './paths.ts';
import type { Subsystem } from './variables.ts';
import { parseNumber } from './values/number.ts';
import { parseSize } from './values/size.ts';
import { parseMilliseconds } from '../text/time.ts';

/** `log_format`, `access_log` and `open_log_file_cache` of ngx_http_log_module.c and ngx_stream_log_module.c. */

interface LogState {
  /** Names of formats, as written. */
  readonly formats: Set<string>;
  /** Buffers of log files, by full path: what they were first defined with. */
  readonly buffers: Map<string, string>;
}

const slots: Readonly<Record<Subsystem, Slot<LogState>>> = {
  http: new Slot('http log formats', () => ({
    formats: new Set(['combined']),
    buffers: new Map<string, string>(),
  })),
  stream: new Slot('stream log formats', () => ({
    formats: new Set<string>(),
    buffers: new Map<string, string>(),
  })),
};

/** Variables that the http log module brings itself; they are no variables elsewhere unless the core has them too. */
const ownVariables: ReadonlySet<string> = new Set([
  'pipe',
  'time_local',
  'time_iso8601',
  'msec',
  'request_time',
  'status',
  'bytes_sent',
  'body_bytes_sent',
  'request_length',
]);

const escapes: Readonly<Record<string, string>> = { default: '1.11.8', json: '1.11.8', none: '1.13.10' };
const ownVariable = /\$(?:\{(\w+)\}|(\w+))/g;

/** ngx_http_log_set_format */
export function checkLogFormat(cx: CheckContext, subsystem: Subsystem): Problem | null {
  const { formats } = cx.cycle.get(slots[subsystem]);
  const name = cx.arg(0);
  if (formats.has(name))
    return problem('duplicate', `duplicate "log_format" name "${name}"`, {
      word: 0,
      detail: name === 'combined' ? '"combined" is built in; choose another name.' : undefined,
    });
  formats.add(name);
  let first = 1;
  const escape = cx.arg(1);
  if (escape.startsWith('escape=') && cx.since('1.11.8')) {
    const since = escapes[escape.slice(7)];
    if (since === undefined || !cx.since(since))
      return problem('invalid-parameter', `unknown log format escaping "${escape.slice(7)}"`, { word: 1 });
    first++;
  }
  for (let word = first; word < cx.values.length; word++) {
    const refused = compileFormat(cx, cx.arg(word), word, subsystem);
    if (refused !== null) return refused;
  }
  return null;
}

function compileFormat(cx: CheckContext, text: string, word: number, subsystem: Subsystem): Problem | null {
  // Digits are names here, and the text after a bad "$" is what nginx complains about.
  const plain =
    subsystem === 'http'
      ? text.replace(ownVariable, (whole, braced: string | undefined, bare: string | undefined) =>
          ownVariables.has((braced ?? bare)!) ? '' : whole,
        )
      : text;
  const refused = compileScript(cx, plain, word, subsystem, { captures: false });
  if (refused === null || refused.message !== 'invalid variable name') return refused;
  const bad = /\$(?!\{?\w)/.exec(text);
  return problem('invalid-parameter', `invalid parameter "${text.slice(bad?.index ?? 0)}"`, {
    word,
    detail: 'A "$" starts the name of a variable; nginx has no escape for a literal "$" here.',
  });
}

/** ngx_http_log_set_log */
export function checkAccessLog(cx: CheckContext, subsystem: Subsystem): Problem | null {
  const target = cx.arg(0);
  if (target === 'off')
    return cx.values.length === 1
      ? null
      : problem('invalid-parameter', `invalid parameter "${cx.arg(1)}"`, { word: 1 });
  const syslog = target.startsWith('syslog:');
  const refused = syslog ? checkSyslog(cx) : compileScript(cx, target, 0, subsystem);
  if (refused !== null) return refused;
  if (cx.values.length < 2 && subsystem === 'stream')
    return problem('invalid-value', 'log format is not specified');
  return checkFormatName(cx, subsystem) ?? checkBuffer(cx, subsystem, syslog);
}

function checkFormatName(cx: CheckContext, subsystem: Subsystem): Problem | null {
  if (cx.values.length < 2) return null;
  const { formats } = cx.cycle.get(slots[subsystem]);
  const name = cx.arg(1);
  const folded = name.toLowerCase();
  for (const format of formats) if (format.toLowerCase() === folded) return null;
  if (cx.fragment) return null;
  return problem('unknown-log-format', `unknown log format "${name}"`, {
    word: 1,
    detail: 'A log_format has to stand before the access_log that names it.',
  });
}

interface BufferParameters {
  size: number;
  flush: number;
  gzip: number;
}

function checkBuffer(cx: CheckContext, subsystem: Subsystem, syslog: boolean): Problem | null {
  const parameters: BufferParameters = { size: 0, flush: 0, gzip: 0 };
  for (let word = 2; word < cx.values.length; word++) {
    const refused = bufferParameter(cx, cx.arg(word), word, parameters, subsystem);
    if (refused !== null) return refused;
  }
  const { size, flush, gzip } = parameters;
  const target = cx.arg(0);
  if (flush > 0 && size === 0)
    return problem('invalid-parameter', `no buffer is defined for access_log "${target}"`);
  if (size === 0) return null;
  if (target.includes('$'))
    return problem('conflict', 'buffered logs cannot have variables in name', { word: 0 });
  if (syslog) return problem('conflict', 'logs to syslog cannot be buffered', { word: 0 });
  const { buffers } = cx.cycle.get(slots[subsystem]);
  const path = fullName(cx, target);
  const now = `${size} ${flush} ${gzip}`;
  const before = buffers.get(path);
  if (before !== undefined && before !== now)
    return problem('conflict', `access_log "${target}" already defined with conflicting parameters`, {
      word: 0,
    });
  buffers.set(path, now);
  return null;
}

function bufferParameter(
  cx: CheckContext,
  text: string,
  word: number,
  parameters: BufferParameters,
  subsystem: Subsystem,
): Problem | null {
  const refuse = (message: string): Problem => problem('invalid-parameter', message, { word });
  const value = text.slice(text.indexOf('=') + 1);
  if (text.startsWith('buffer=')) {
    const size = parseSize(value);
    if (!size) return refuse(`invalid buffer size "${value}"`);
    parameters.size = size;
  } else if (text.startsWith('flush=')) {
    const flush = parseMilliseconds(value);
    if (!flush) return refuse(`invalid flush time "${value}"`);
    parameters.flush = flush;
  } else if (text === 'gzip' || text.startsWith('gzip=')) {
    if (parameters.size === 0) parameters.size = 65_536;
    const level = text === 'gzip' ? 1 : parseNumber(value);
    if (level === null || level < 1 || level > 9) return refuse(`invalid compression level "${value}"`);
    parameters.gzip = level;
  } else if (text.startsWith('if=')) return compileScript(cx, value, word, subsystem);
  else return refuse(`invalid parameter "${text}"`);
  return null;
}

/** ngx_http_log_open_file_cache */
export function checkOpenLogFileCache(cx: CheckContext): Problem | null {
  return checkOpenCache(cx, {
    parameters: { min_uses: 'number', inactive: 'time', valid: 'time' },
    zeroIsRead: true,
    parameter: '"open_log_file_cache" parameter',
    missing: '"max" parameter',
  });
}
