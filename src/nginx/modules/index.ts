import type { ModuleChecks } from '../module-checks.ts';
import { confModule } from './ngx_conf_module.ts';
import { coreModule } from './ngx_core_module.ts';
import { errlogModule } from './ngx_errlog_module.ts';
import { eventCoreModule } from './ngx_event_core_module.ts';
import { eventsModule } from './ngx_events_module.ts';
import { httpCoreModule, httpModule } from './ngx_http_core_module.ts';
import { httpLogModule } from './ngx_http_log_module.ts';
import { httpMapModule } from './ngx_http_map_module.ts';
import { httpRewriteModule } from './ngx_http_rewrite_module.ts';
import { threadPoolModule } from './ngx_thread_pool_module.ts';

/** Every module with checks of its own, in nginx's order (auto/modules), which is the order of the hooks. */
export const modules: readonly ModuleChecks[] = [
  coreModule,
  errlogModule,
  confModule,
  eventsModule,
  eventCoreModule,
  threadPoolModule,
  httpModule,
  httpCoreModule,
  httpLogModule,
  httpMapModule,
  httpRewriteModule,
];
