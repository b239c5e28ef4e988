import { posix } from 'node:path';
import type { NginxOptions } from './options.ts';

/**
 * Where things are when nothing is said: as in the packages of nginx.org, so that `hopwright-nginx` finds an
 * existing configuration.
 */
export const defaults = {
  prefix: '/etc/nginx/',
  configuration: '/etc/nginx/nginx.conf',
  errorLog: '/var/log/nginx/error.log',
  accessLog: '/var/log/nginx/access.log',
  pid: '/run/nginx.pid',
} as const;

export interface Layout {
  /** For relative paths that are not the configuration's own, such as logs and `root`; absolute, ends in a slash. */
  readonly prefix: string;
  /** Absolute path of the configuration. */
  readonly configuration: string;
  /** Absolute path of the log that is used until the configuration names one; null = stderr. */
  readonly errorLog: string | null;
}

/** The paths of a call (ngx_process_options, ngx_log_init). A relative prefix counts from the working directory. */
export function layoutOf(options: NginxOptions, workingDirectory: string): Layout {
  const given = options.prefix === null ? defaults.prefix : posix.join(options.prefix, '/');
  const prefix = posix.resolve(workingDirectory, given).replace(/\/*$/, '/');
  const full = (path: string): string => (path.startsWith('/') ? path : prefix + path);
  const configuration = full(options.configuration ?? defaults.configuration);
  return {
    prefix,
    configuration,
    errorLog: options.errorLog === '' ? null : full(options.errorLog ?? defaults.errorLog),
  };
}
