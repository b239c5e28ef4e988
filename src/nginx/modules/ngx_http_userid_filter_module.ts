import type { CheckContext } from '../check-context.ts';
import { duplicate, invalidValue } from '../generic-slots.ts';
import type { ModuleChecks } from '../module-checks.ts';
import type { Problem } from '../problem.ts';
import { parseSeconds } from '../../text/time.ts';

/** ngx_http_userid_expires */
function expires(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || cx.arg(0) === 'max' || cx.arg(0) === 'off') return refused;
  return parseSeconds(cx.arg(0)) === null ? invalidValue(cx) : null;
}

/** ngx_http_userid_mark */
function mark(cx: CheckContext): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null || cx.arg(0) === 'off' || /^[0-9A-Za-z=]$/.test(cx.arg(0))) return refused;
  return invalidValue(cx, 0, 'value must be "off" or a single letter, digit or "="');
}

/** ngx_http_userid_filter_module.c */
export const httpUseridModule: ModuleChecks = {
  module: 'ngx_http_userid_filter_module',
  directives: { userid_expires: expires, userid_mark: mark },
};
