import { checkAccessLog, checkLogFormat, checkOpenLogFileCache } from '../log-format.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** src/http/modules/ngx_http_log_module.c */
export const httpLogModule: ModuleChecks = {
  module: 'ngx_http_log_module',
  directives: {
    log_format: (cx) => checkLogFormat(cx, 'http'),
    access_log: (cx) => checkAccessLog(cx, 'http'),
    open_log_file_cache: checkOpenLogFileCache,
  },
};
