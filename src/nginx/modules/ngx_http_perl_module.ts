import { defineVariable } from '../define-variable.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';

/** perl/ngx_http_perl_module.c; what Perl itself refuses is not judged. */
export const httpPerlModule: ModuleChecks = {
  module: 'ngx_http_perl_module',
  directives: {
    perl: (cx) =>
      cx.block.first('perl') === undefined
        ? null
        : problem('duplicate', `duplicate perl handler "${cx.arg(0)}"`, { word: 0 }),
    perl_set: (cx) => defineVariable(cx, 0),
  },
};
