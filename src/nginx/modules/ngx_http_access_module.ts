import { checkAccessRule } from '../access-rules.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** ngx_http_access_module.c */
export const httpAccessModule: ModuleChecks = {
  module: 'ngx_http_access_module',
  directives: { allow: checkAccessRule, deny: checkAccessRule },
};
