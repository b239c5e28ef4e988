import { parseSeconds } from '../text/time.ts';
import type { CheckContext } from './check-context.ts';
import { duplicate } from './generic-slots.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { parseNumber } from './values/number.ts';

export interface OpenCache {
  /** Parameters beside `max=` and `off`, with what each takes. */
  readonly parameters: Readonly<Record<string, 'time' | 'number'>>;
  /** Whether `max=0` is a value, though none that will do. */
  readonly zeroIsRead?: boolean;
  /** What nginx calls a parameter that is none: `invalid … "inactive=x"`. */
  readonly parameter: string;
  /** What it says when `max=` is missing. */
  readonly missing: string;
}

/** A cache of open files, or of what was read from them: `max=NUMBER [inactive=TIME] …` or `off`. */
export function checkOpenCache(cx: CheckContext, cache: OpenCache): Problem | null {
  const refused = duplicate(cx);
  if (refused !== null) return refused;
  let max = 0;
  let off = false;
  for (let word = 0; word < cx.values.length; word++) {
    const text = cx.arg(word);
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(equals, 0));
    const value = text.slice(equals + 1);
    if (name === 'max' && (parseNumber(value) ?? -1) >= (cache.zeroIsRead === true ? 0 : 1))
      max = parseNumber(value)!;
    else if (text === 'off') off = true;
    else if (!isFine(Object.hasOwn(cache.parameters, name) ? cache.parameters[name] : undefined, value))
      return problem('invalid-parameter', `invalid ${cache.parameter} "${text}"`, { word });
  }
  return off || max > 0 ? null : problem('invalid-parameter', `"${cx.name}" must have ${cache.missing}`);
}

function isFine(kind: 'time' | 'number' | undefined, value: string): boolean {
  if (kind === undefined) return false;
  return (kind === 'time' ? parseSeconds(value) : parseNumber(value)) !== null;
}
