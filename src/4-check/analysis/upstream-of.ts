import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import type { CheckContext } from '../context.ts';

/** The `upstream` block that a `proxy_pass` names; null for addresses and for what only the run knows. */
export function upstreamOf(context: CheckContext, pass: ResolvedDirective): ResolvedBlock | null {
  const name = /^https?:\/\/([^/:$?]+)(?=[/?]|$)/i.exec(pass.values[0] ?? '')?.[1]?.toLowerCase();
  return name === undefined ? null : (context.shared(upstreamBlocks).get(name) ?? null);
}

/** The `upstream` blocks by their names in lower case. */
export function upstreamBlocks(config: ResolvedConfig): ReadonlyMap<string, ResolvedBlock> {
  const blocks = new Map<string, ResolvedBlock>();
  for (const block of config.blocks('upstream')) {
    const name = block.directive?.values[0]?.toLowerCase();
    if (name !== undefined && !blocks.has(name)) blocks.set(name, block);
  }
  return blocks;
}

/** Servers of an upstream that get requests in ordinary times. */
export function activeServers(upstream: ResolvedBlock): readonly ResolvedDirective[] {
  return upstream
    .own('server')
    .filter(({ values }) => !values.some((value) => value === 'backup' || value === 'down'));
}
