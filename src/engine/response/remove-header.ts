import type { Request } from '../request.ts';

/** Takes all lines of a header (lower-case name) out of an answer. */
export function removeHeader(request: Request, lower: string): void {
  const { headersOut } = request;
  for (let at = headersOut.length - 2; at >= 0; at -= 2)
    if (headersOut[at]!.toLowerCase() === lower) headersOut.splice(at, 2);
}

/** Puts `value` where the first line of a header stands, in the place of all its lines; without one at the end. */
export function replaceHeader(request: Request, name: string, value: string): void {
  const { headersOut } = request;
  const lower = name.toLowerCase();
  const first = headersOut.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === lower);
  if (first === -1) {
    headersOut.push(name, value);
    return;
  }
  headersOut[first + 1] = value;
  for (let at = headersOut.length - 2; at > first; at -= 2)
    if (headersOut[at]!.toLowerCase() === lower) headersOut.splice(at, 2);
}
