import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { compileArgument } from '../script.ts';

/** src/http/modules/ngx_http_auth_basic_module.c */
export const httpAuthBasicModule: ModuleChecks = {
  module: 'ngx_http_auth_basic_module',
  directives: { auth_basic_user_file: (cx) => duplicate(cx) ?? compileArgument(cx, 0) },
};
