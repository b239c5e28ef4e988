import type { EngineContext } from '../context.ts';
import type { Request } from '../request.ts';

/** Those that an upstream sent with its 401 become the answer's; before 1.23.0 the first alone. */
export function copyUpstreamChallenges(
  cx: EngineContext,
  request: Request,
  headers: readonly string[],
): void {
  for (let at = 0; at < headers.length; at += 3) {
    if (headers[at + 1] !== 'www-authenticate') continue;
    request.headersOut.push(headers[at]!, headers[at + 2]!);
    if (!cx.rules.duplicatesIgnored) return;
  }
}
