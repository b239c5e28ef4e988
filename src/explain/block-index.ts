import type { ResolvedBlock, ResolvedConfig } from '../2-resolve/resolved-config.ts';
import type { Plan } from '../3-plan/schema.ts';

/** A place in the configuration as people write it. */
export interface PlanPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where an origin of a plan stands; null for what no line caused. */
export function placeOfOrigin(plan: Plan, origin: number): PlanPlace | null {
  if (origin < 0) return null;
  const [file, line, column] = plan.origins.slice(origin * 3, origin * 3 + 3);
  if (file === undefined || line === undefined || column === undefined) return null;
  return { file: plan.files[file] ?? '', line, column };
}

/**
 * The level of the configuration that a location of a plan was made from, by its place. An included file that is read
 * in two places gives equal places: then the server that holds the level decides.
 */
export function blockOfLocation(config: ResolvedConfig, plan: Plan, location: number): ResolvedBlock | null {
  const planned = plan.http?.locations[location];
  if (planned === undefined) return null;
  const place = placeOfOrigin(plan, planned.origin);
  const server = placeOfOrigin(plan, plan.http!.servers[planned.server]?.origin ?? -1);
  if (place === null) return null;
  const candidates = blocksAt(config, place);
  if (candidates.length < 2 || server === null) return candidates[0] ?? null;
  return (
    candidates.find((block) => serversAround(block).some((one) => standsAt(one, server))) ?? candidates[0]!
  );
}

function blocksAt(config: ResolvedConfig, place: PlanPlace): ResolvedBlock[] {
  const found: ResolvedBlock[] = [];
  const open: ResolvedBlock[] = [config.main];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    if (standsAt(block, place)) found.push(block);
    for (let i = block.children.length - 1; i >= 0; i -= 1) open.push(block.children[i]!);
  }
  return found;
}

function standsAt(block: ResolvedBlock, place: PlanPlace): boolean {
  const node = block.directive?.node;
  if (node === undefined || node.file.path !== place.file) return false;
  const at = node.file.positionAt(node.name.start);
  return at.line === place.line && at.column === place.column;
}

function serversAround(block: ResolvedBlock): ResolvedBlock[] {
  const servers: ResolvedBlock[] = [];
  for (let level: ResolvedBlock | null = block; level !== null; level = level.parent) {
    if (level.context === 'server') servers.push(level);
  }
  return servers;
}
