import type { ResolvedBlock, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { CheckContext } from '../context.ts';

/** The `upstream` block that a `proxy_pass` names; null for addresses and for what only the run knows. */
export function upstreamOf(context: CheckContext, pass: ResolvedDirective): ResolvedBlock | null {
  const name = /^https?:\/\/([^/:$?]+)(?=[/?]|$)/i.exec(pass.values[0] ?? '')?.[1]?.toLowerCase();
  if (name === undefined) return null;
  const block = context.blocks('upstream').find((one) => one.directive?.values[0]?.toLowerCase() === name);
  return block ?? null;
}

/** Servers of an upstream that get requests in ordinary times. */
export function activeServers(upstream: ResolvedBlock): readonly ResolvedDirective[] {
  return upstream
    .own('server')
    .filter(({ values }) => !values.some((value) => value === 'backup' || value === 'down'));
}
