import { mergeTypes } from '../http/types-hash.ts';
import type { ModuleChecks } from '../module-checks.ts';

/** ngx_http_addition_filter_module.c */
export const httpAdditionModule: ModuleChecks = {
  module: 'ngx_http_addition_filter_module',
  mergeLocation: mergeTypes('addition_types'),
};
