import { checkTrustedAddress } from '../access-rules.ts';
import type { CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { problem } from '../problem.ts';
import { parseNumber } from '../values/number.ts';

/** Event methods of a Linux build. */
const methods: ReadonlySet<string> = new Set(['epoll', 'poll', 'select']);
const otherPlatforms: ReadonlySet<string> = new Set(['kqueue', 'eventport', '/dev/poll', 'iocp', 'rtsig']);

function use(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || methods.has(cx.arg(0))) return refused;
  return problem('invalid-value', `invalid event type "${cx.arg(0)}"`, {
    word: 0,
    detail: otherPlatforms.has(cx.arg(0))
      ? 'It exists on other systems; Linux has epoll, poll and select.'
      : undefined,
  });
}

function workerConnections(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  return parseNumber(cx.arg(0)) === null
    ? problem('invalid-value', `invalid number "${cx.arg(0)}"`, { word: 0 })
    : null;
}

/** src/event/ngx_event.c, inside the `events` block */
export const eventCoreModule: ModuleChecks = {
  module: 'ngx_event_core_module',
  directives: {
    use,
    worker_connections: workerConnections, // As in a build with debugging (ngx_event_debug_connection).
    debug_connection: checkTrustedAddress,
  },
};
