import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../../2-resolve/resolved-config.ts';
import { blocksBelow } from '../context.ts';

/**
 * The same configuration with fewer servers, and without the upstreams that they do not name: what is left out is not
 * lowered, which is most of the work on a large configuration. Nothing else changes, and the blocks that stay are the same
 * objects.
 */
export function withServers(config: ResolvedConfig, servers: ReadonlySet<ResolvedBlock>): ResolvedConfig {
  const { main } = config;
  const http = main.children.find(({ context }) => context === 'http');
  if (http === undefined) return config;
  const named = upstreamNames(servers);
  const isDropped = (block: ResolvedBlock): boolean => {
    if (block.parent !== http) return false;
    if (block.context === 'server') return !servers.has(block);
    return (
      block.context === 'upstream' && named?.has(block.directive?.values[0]?.toLowerCase() ?? '') === false
    );
  };
  if (!http.children.some(isDropped)) return config;
  const kept = ({ opens }: ResolvedDirective): boolean => opens === null || !isDropped(opens);
  const smaller: ResolvedBlock = {
    context: http.context,
    directive: http.directive,
    parent: main,
    directives: http.directives.filter(kept),
    children: http.children.filter((block) => !isDropped(block)),
    own: (name) => (name === 'server' || name === 'upstream' ? http.own(name).filter(kept) : http.own(name)),
    effective: (name) => http.effective(name),
  };
  const stands = (block: ResolvedBlock | null): boolean => {
    for (let level = block; level !== null; level = level.parent) if (isDropped(level)) return false;
    return true;
  };
  return {
    ...config,
    named: (name) => config.named(name).filter((one) => kept(one) && stands(one.block)),
    blocks: (context) =>
      config
        .blocks(context)
        .filter(stands)
        .map((block) => (block === http ? smaller : block)),
    main: {
      context: main.context,
      directive: main.directive,
      parent: null,
      directives: main.directives,
      children: main.children.map((block) => (block === http ? smaller : block)),
      own: (name) => main.own(name),
      effective: (name) => main.effective(name),
    },
  };
}

/** The hosts that the servers pass requests to, in lower case; null when variables choose among all upstreams. */
function upstreamNames(servers: Iterable<ResolvedBlock>): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const server of servers)
    for (const block of blocksBelow(server))
      for (const { name, values } of block.directives) {
        if (!name.endsWith('_pass')) continue;
        const [url = ''] = values;
        if (url.includes('$')) return null;
        names.add(
          url
            .replace(/^\w+:\/\//, '')
            .replace(/[/?].*$/s, '')
            .toLowerCase(),
        );
      }
  return names;
}
