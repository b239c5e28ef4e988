import type { Request } from '../request.ts';

/** Takes all lines of a header (lower-case name) out of an answer. */
export function removeHeader(request: Request, lower: string): void {
  const { headersOut } = request;
  for (let at = headersOut.length - 2; at >= 0; at -= 2)
    if (headersOut[at]!.toLowerCase() === lower) headersOut.splice(at, 2);
}
