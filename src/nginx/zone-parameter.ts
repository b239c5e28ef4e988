import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { parseSize } from './values/size.ts';
import { smallestZone } from './zones.ts';

/** `zone=NAME:SIZE` as limits take it; a zone has at least eight pages. */
export function parseZone(
  cx: CheckContext,
  word: number,
): { readonly name: string; readonly size: number } | Problem {
  const value = cx.arg(word);
  const text = value.slice('zone='.length);
  const colon = text.indexOf(':');
  const size = colon === -1 ? null : parseSize(text.slice(colon + 1));
  if (size === null) return problem('invalid-value', `invalid zone size "${value}"`, { word });
  if (size < smallestZone)
    return problem('invalid-value', `zone "${value}" is too small`, {
      word,
      detail: `The least is ${smallestZone / 1024}k.`,
    });
  return { name: text.slice(0, colon), size };
}
