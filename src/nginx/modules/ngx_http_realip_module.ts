import { checkTrustedAddress } from '../access-rules.ts';
import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** ngx_http_realip_module.c */
export const httpRealipModule: ModuleChecks = {
  module: 'ngx_http_realip_module',
  directives: { set_real_ip_from: checkTrustedAddress, real_ip_header: (cx) => duplicate(cx) },
};
