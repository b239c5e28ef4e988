import { duplicate } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import { problem } from '../problem.ts';

/** src/event/ngx_event.c, the `events` block */
export const eventsModule: ModuleChecks = {
  module: 'ngx_events_module',
  directives: { events: (cx) => duplicate(cx) },
  /** ngx_event_init_conf */
  initCycle(cx, root) {
    if (root.first('events') !== undefined) return;
    // An `event` block was told of already.
    if (cx.guesses.values().some((guess) => guess === 'events')) return;
    cx.report(
      problem('no-events', 'no "events" section in configuration', {
        placeless: true,
        where: { file: cx.entry, span: { start: 0, end: 0 } },
        detail: 'Every configuration needs an events block; an empty one will do: "events {}".',
        fixes: [
          { title: 'Add "events {}"', edits: [{ file: cx.entry, start: 0, end: 0, text: 'events {}\n' }] },
        ],
      }),
    );
  },
};
