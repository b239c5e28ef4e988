import type { CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import { checkBind } from '../http/upstream-directives.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { passUpstream } from '../upstreams.ts';
import { variablesOf } from '../variables.ts';

/** ngx_http_memcached_pass: no variables in the address, and `$memcached_key` has to be set. */
function memcachedPass(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  const added = passUpstream(cx, cx.arg(0), {}, 0);
  if ('refused' in added) return added.refused;
  return variablesOf(cx, 'http').use('memcached_key', cx.node);
}

/** ngx_http_memcached_module.c */
export const httpMemcachedModule: ModuleChecks = {
  module: 'ngx_http_memcached_module',
  directives: { memcached_pass: memcachedPass, memcached_bind: checkBind },
};
