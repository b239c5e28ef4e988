import { checkErrorLog } from '../log-target.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** src/core/ngx_log.c */
export const errlogModule: ModuleChecks = {
  module: 'ngx_errlog_module',
  directives: { error_log: checkErrorLog },
};
