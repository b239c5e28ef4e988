import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { parseCidr } from '../../nginx/values/address.ts';
import { isOn } from '../../nginx/values/flag.ts';
import { parseNumber } from '../../nginx/values/number.ts';
import { parseMilliseconds } from '../../text/time.ts';
import type { LowerContext } from '../lower-context.ts';
import type { Plan } from '../schema.ts';
import { lowerErrorLog } from './log.ts';
import { word } from './lowering.ts';

type Process = Plan['process'];

/** Directives of the main and events contexts that are not blocks. */
const lowerings: Readonly<
  Record<string, (cx: LowerContext, process: Process, directive: ResolvedDirective) => void>
> = {
  user(_cx, process, directive) {
    process.user = word(directive, 0);
    process.group = word(directive, 1);
  },
  worker_processes(_cx, process, directive) {
    process.workerProcesses = word(directive, 0) === 'auto' ? 0 : (parseNumber(word(directive, 0)) ?? 1);
  },
  worker_rlimit_nofile(_cx, process, directive) {
    process.workerRlimitNofile = parseNumber(word(directive, 0)) ?? 0;
  },
  worker_shutdown_timeout(_cx, process, directive) {
    process.workerShutdownTimeout = parseMilliseconds(word(directive, 0)) ?? 0;
  },
  daemon(_cx, process, directive) {
    process.daemon = isOn(directive);
  },
  master_process(_cx, process, directive) {
    process.masterProcess = isOn(directive);
  },
  pid(cx, process, directive) {
    process.pid = word(directive, 0) === 'off' ? '' : cx.path(word(directive, 0));
  },
  lock_file(cx, process, directive) {
    process.lockFile = cx.path(word(directive, 0));
  },
  error_log(cx, process, directive) {
    process.errorLog.push(lowerErrorLog(cx, directive));
  },
  env(_cx, process, directive) {
    process.env.push(word(directive, 0));
  },
  working_directory(cx, process, directive) {
    process.workingDirectory = cx.path(word(directive, 0));
  },
  worker_connections(_cx, process, directive) {
    process.workerConnections = parseNumber(word(directive, 0)) ?? 512;
  },
  ssl_object_cache_inheritable(_cx, process, directive) {
    process.inheritTlsFiles = isOn(directive);
  },
  multi_accept(_cx, process, directive) {
    process.multiAccept = isOn(directive);
  },
  debug_connection(cx, process, directive) {
    const text = word(directive, 0);
    if (text === 'localhost') process.debugConnections.push('127.0.0.1', '::1');
    else if (text === 'unix:' || parseCidr(text) !== null) process.debugConnections.push(text);
    else cx.notImplemented(directive, { detail: 'Host names are not looked up here.' });
  },
};

/** What the main and events contexts say besides their blocks. */
export function lowerProcess(cx: LowerContext, main: ResolvedBlock): void {
  const { process } = cx.plan;
  const blocks = [main, ...main.children.filter(({ context }) => context === 'events')];
  for (const block of blocks) {
    for (const directive of block.directives) {
      if (!directive.valid || ['events', 'http', 'include'].includes(directive.name)) continue;
      const lower = lowerings[directive.name];
      if (lower === undefined) cx.notImplemented(directive);
      else lower(cx, process, directive);
    }
  }
}

/** What the main and events contexts are when nothing is written (ngx_core_module_init_conf, ngx_event_core_init_conf). */
export function defaultProcess(prefix: string): Process {
  return {
    user: '',
    group: '',
    workerProcesses: 1,
    workerConnections: 512,
    workerRlimitNofile: 0,
    workerShutdownTimeout: 0,
    daemon: true,
    masterProcess: true,
    // Where nothing is written it is up to the command that runs the plan.
    pid: '',
    lockFile: `${prefix}logs/nginx.lock`,
    errorLog: [],
    env: [],
    workingDirectory: '',
    multiAccept: false,
    inheritTlsFiles: true,
    debugConnections: [],
  };
}
