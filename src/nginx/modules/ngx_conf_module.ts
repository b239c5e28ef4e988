import type { ModuleChecks } from '../module-checks.ts';

/** ngx_conf_file.c */
export const confModule: ModuleChecks = {
  module: 'ngx_conf_module',
  directives: { include: (cx) => cx.include() },
};
