import { mergeTypes } from '../http/types-hash.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** ngx_http_ssi_filter_module.c */
export const httpSsiModule: ModuleChecks = {
  module: 'ngx_http_ssi_filter_module',
  mergeLocation: mergeTypes('ssi_types'),
};
