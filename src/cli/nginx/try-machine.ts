import { closeSync, mkdirSync, openSync } from 'node:fs';
import type { ResolvedBlock, ResolvedConfig } from '../../2-resolve/resolved-config.ts';
import { errnoOf, errnoText } from '../../system/errno.ts';
import { openAppend } from '../../runtime/log/log-file.ts';
import { defaults, type Layout } from './layout.ts';
import type { StartLog } from './start-log.ts';

/** One thing that has to work on this machine, and what nginx says when it does not. */
interface Attempt {
  run(): void;
  readonly failure: string;
}

/**
 * Does what `nginx -t` does after reading: makes the pid file, the directories for temporary files, and opens the
 * logs (ngx_init_cycle). Nothing that exists is changed.
 *
 * @returns whether all of it worked; the first failure is on `log`
 */
export function tryMachine(config: ResolvedConfig, layout: Layout, log: StartLog): boolean {
  for (const attempt of attempts(config, layout)) {
    try {
      attempt.run();
    } catch (error) {
      log.write('emerg', `${attempt.failure} ${errnoText(errnoOf(error))}`);
      return false;
    }
  }
  return true;
}

function* attempts(config: ResolvedConfig, layout: Layout): Generator<Attempt> {
  const full = (path: string): string => (path.startsWith('/') ? path : layout.prefix + path);
  const pid = full(config.main.own('pid')[0]?.values[0] ?? defaults.pid);
  yield { run: () => closeSync(openSync(pid, 'a', 0o644)), failure: `open() "${pid}" failed` };
  for (const name of directoryPaths)
    for (const written of everywhere(config.main, name)) {
      const path = full(written).replace(/\/$/, '');
      yield { run: () => makeDirectory(path), failure: `mkdir() "${path}" failed` };
    }
  for (const path of new Set(logPaths(config.main, layout).map(full)))
    yield { run: () => closeSync(openAppend(path)), failure: `open() "${path}" failed` };
}

const directoryPaths = [
  'client_body_temp_path',
  'proxy_temp_path',
  'fastcgi_temp_path',
  'uwsgi_temp_path',
  'scgi_temp_path',
  'proxy_cache_path',
  'fastcgi_cache_path',
  'uwsgi_cache_path',
  'scgi_cache_path',
];

/** First arguments of the directives of this name at all levels. */
function everywhere(block: ResolvedBlock, name: string): string[] {
  return [
    ...block.own(name).flatMap(({ args }) => args.slice(0, 1).map(({ value }) => value)),
    ...block.children.flatMap((child) => everywhere(child, name)),
  ];
}

function logPaths(main: ResolvedBlock, layout: Layout): string[] {
  const errorLogs = everywhere(main, 'error_log').filter((path) => !/^(stderr$|syslog:|memory:)/.test(path));
  const accessLogs = everywhere(main, 'access_log').filter(
    (path) => path !== 'off' && !path.startsWith('syslog:') && !path.includes('$'),
  );
  const withoutOwn = main.own('error_log').length === 0 && layout.errorLog !== null ? [layout.errorLog] : [];
  return [
    ...withoutOwn,
    ...errorLogs,
    ...accessLogs,
    ...(usesDefaultAccessLog(main) ? [defaults.accessLog] : []),
  ];
}

/** A server writes the default log when neither it nor `http` says `access_log`. */
function usesDefaultAccessLog(main: ResolvedBlock): boolean {
  return main.children.some(
    (http) =>
      http.context === 'http' &&
      http.own('access_log').length === 0 &&
      http.children.some((server) => server.context === 'server' && server.own('access_log').length === 0),
  );
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}
