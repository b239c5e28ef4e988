import type { ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';

/** ngx_http_secure_link_module.c */
export const httpSecureLinkModule: ModuleChecks = {
  module: 'ngx_http_secure_link_module',
  mergeLocation(cx, level) {
    const secret = level.first('secure_link_secret');
    const other = level.first('secure_link') ?? level.first('secure_link_md5');
    if (secret === undefined || other === undefined) return;
    const message = '"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"';
    cx.report(problem('conflict', message, { node: secret }));
  },
};
