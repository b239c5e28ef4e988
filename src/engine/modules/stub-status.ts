import type { ConnectionCounters } from '../api.ts';
import type { EngineContext } from '../context.ts';

const counters: readonly (keyof ConnectionCounters)[] = ['active', 'reading', 'writing', 'waiting'];

/** `$connections_active` and the like (ngx_http_stub_status_module.c). */
export function defineStubStatus({ variables, world }: EngineContext): void {
  for (const name of counters)
    variables.define(`connections_${name}`, {
      cached: false,
      get: () => String(world.connections()[name]),
    });
}
