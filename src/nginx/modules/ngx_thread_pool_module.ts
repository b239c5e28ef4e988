import type { ModuleChecks } from '../module-checks.ts';
import { checkThreadPool, checkUnknownPools } from '../thread-pools.ts';

/** src/core/ngx_thread_pool.c */
export const threadPoolModule: ModuleChecks = {
  module: 'ngx_thread_pool_module',
  directives: { thread_pool: checkThreadPool },
  initCycle: checkUnknownPools,
};
