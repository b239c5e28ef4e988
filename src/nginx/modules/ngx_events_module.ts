import type { BlockState, CheckContext } from '../check-context.ts';
import { duplicate } from '../generic-slots.ts';
import { countSockets as countHttpSockets } from '../http/listen.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';
import { countSockets } from '../stream/listen.ts';
import { parseNumber } from '../values/number.ts';

const defaultConnections = 512;

/** Each listening socket takes a connection, and the channel to the master one more. */
function checkConnections(cx: CheckContext, root: BlockState): void {
  const node = root.children.find(({ context }) => context === 'events')?.first('worker_connections');
  const connections = node === undefined ? defaultConnections : (parseNumber(node.values[0]!) ?? 0);
  const sockets = countHttpSockets(cx) + countSockets(cx);
  if (connections > sockets) return;
  const message = `${connections} worker_connections are not enough for ${sockets} listening sockets`;
  cx.report(problem('conflict', message, { node: node ?? root.first('events'), placeless: true }));
}

/** src/event/ngx_event.c, the `events` block */
export const eventsModule: ModuleChecks = {
  module: 'ngx_events_module',
  directives: { events: (cx) => duplicate(cx) },
  /** ngx_event_init_conf */
  initCycle(cx, root) {
    if (root.first('events') !== undefined) return checkConnections(cx, root);
    // An `event` block was told of already.
    if (cx.guesses.values().some((guess) => guess === 'events')) return;
    cx.report(
      problem('no-events', 'no "events" section in configuration', {
        placeless: true,
        // Where a ";" is missing before the block, that was told.
        once: 'events',
        where: { file: cx.entry, span: { start: 0, end: 0 } },
        detail: 'Every configuration needs an events block; an empty one will do: "events {}".',
        fixes: [
          { title: 'Add "events {}"', edits: [{ file: cx.entry, start: 0, end: 0, text: 'events {}\n' }] },
        ],
      }),
    );
  },
};
