import type { LowerContext } from '../lower-context.ts';

const namedGroup = /\(\?P?[<'](\w+)[>']/g;

/** Named captures of a pattern are variables (ngx_http_regex_compile). */
export function declareCaptures(cx: LowerContext, pattern: string): void {
  for (const [, name] of pattern.matchAll(namedGroup)) cx.variable(name!);
}
