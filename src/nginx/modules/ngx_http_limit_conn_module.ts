import { checkLimitConn, checkLimitZone } from '../limit-zones.ts';
import type { ModuleChecks } from '../module-checks.ts';

const module = 'ngx_http_limit_conn_module';

/** ngx_http_limit_conn_module.c */
export const httpLimitConnModule: ModuleChecks = {
  module,
  directives: {
    limit_conn_zone: (cx) => checkLimitZone(cx, module, {}),
    limit_conn: (cx) => checkLimitConn(cx, module),
  },
};
