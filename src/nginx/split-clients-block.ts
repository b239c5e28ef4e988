import type { CheckContext } from './check-context.ts';
import { defineVariable } from './define-variable.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { compileArgument } from './script.ts';
import { Slot } from './store.ts';
import { parseFixedPoint } from './values/number.ts';

const whole = 10000;

/** Hundredths of a percent that the entries of one block gave away, and whether that ever was more than there is. */
const sharesSlot = new Slot('split_clients', () => ({ total: 0, tooMuch: false }));

/** ngx_conf_split_clients_block, at the `{`. */
export function checkSplitClients(cx: CheckContext): Problem | null {
  return compileArgument(cx, 0) ?? defineVariable(cx, 1);
}

/** An entry: `0.5% value` or `* value`. nginx adds the shares up when it has read them all. */
export function checkSplitClientsEntry(cx: CheckContext): Problem | null {
  const shares = cx.block.store.get(sharesSlot);
  const share = cx.name.endsWith('%') ? parseFixedPoint(cx.name.slice(0, -1), 2) : null;
  if (cx.name !== '*' && (share === null || share === 0))
    return problem('invalid-value', `invalid percent value "${cx.name}"`, { word: -1 });
  // `*` takes all that is left, so that nothing fits behind it.
  shares.total = share === null ? whole : shares.total + share;
  shares.tooMuch ||= shares.total > whole;
  return null;
}

/** At the `}`. */
export function checkSplitClientsTotal(cx: CheckContext): Problem | null {
  return cx.block.store.get(sharesSlot).tooMuch
    ? problem('invalid-value', 'percent total is greater than 100%')
    : null;
}
