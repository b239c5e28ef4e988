import { defineVariable, readVariable } from '../define-variable.ts';
import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { compileArgument } from '../script.ts';

/** ngx_http_auth_request_module.c */
export const httpAuthRequestModule: ModuleChecks = {
  module: 'ngx_http_auth_request_module',
  directives: {
    auth_request: (cx) => duplicate(cx),
    auth_request_set: (cx) => defineVariable(cx, 0) ?? readVariable(cx, 0) ?? compileArgument(cx, 1),
  },
};
