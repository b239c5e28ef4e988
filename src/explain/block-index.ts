import type { ResolvedBlock, ResolvedConfig, ResolvedDirective } from '../2-resolve/resolved-config.ts';
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

/** Finds the level of the configuration that a location of a plan was made from, by its place. */
export class BlockIndex {
  readonly #config: ResolvedConfig;
  readonly #plan: Plan;
  #directives: Map<string, ResolvedDirective> | null = null;
  readonly #addOns = new Map<ResolvedBlock, readonly ResolvedDirective[]>();
  readonly #byPlace = new Map<string, ResolvedBlock[]>();

  constructor(config: ResolvedConfig, plan: Plan) {
    this.#config = config;
    this.#plan = plan;
    const open: ResolvedBlock[] = [config.main];
    for (let block = open.pop(); block !== undefined; block = open.pop()) {
      const place = placeOfBlock(block);
      if (place !== null) {
        const key = keyOf(place);
        const others = this.#byPlace.get(key);
        if (others === undefined) this.#byPlace.set(key, [block]);
        else others.push(block);
      }
      for (let i = block.children.length - 1; i >= 0; i -= 1) open.push(block.children[i]!);
    }
  }

  /**
   * Null for a location that no block was written for. An included file that is read in two places gives equal places:
   * then the server that holds the level decides.
   */
  ofLocation(index: number): ResolvedBlock | null {
    const http = this.#plan.http;
    const location = http?.locations[index];
    const place = location === undefined ? null : placeOfOrigin(this.#plan, location.origin);
    if (place === null) return null;
    const candidates = this.#byPlace.get(keyOf(place)) ?? [];
    if (candidates.length < 2) return candidates[0] ?? null;
    const server = placeOfOrigin(this.#plan, http!.servers[location!.server]?.origin ?? -1);
    const inServer = candidates.find((block) =>
      serversAround(block).some((one) => same(placeOfBlock(one), server)),
    );
    return inServer ?? candidates[0]!;
  }

  /** The directives of add-ons at a level, without those that open levels. `http` is around thousands of servers: it is looked through once. */
  addOnsAt(block: ResolvedBlock): readonly ResolvedDirective[] {
    let found = this.#addOns.get(block);
    if (found === undefined) {
      found = block.directives.filter(({ spec, opens }) => opens === null && spec?.thirdParty != null);
      this.#addOns.set(block, found);
    }
    return found;
  }

  /** The directive that stands at an origin; of an included file that is read in several places, the first reading. */
  ofOrigin(origin: number): ResolvedDirective | null {
    const place = placeOfOrigin(this.#plan, origin);
    this.#directives ??= directivesByPlace(this.#config);
    return place === null ? null : (this.#directives.get(keyOf(place)) ?? null);
  }
}

function directivesByPlace({ main }: ResolvedConfig): Map<string, ResolvedDirective> {
  const found = new Map<string, ResolvedDirective>();
  const open: ResolvedBlock[] = [main];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    for (const directive of block.directives) {
      const key = keyOf(placeOfDirective(directive));
      if (!found.has(key)) found.set(key, directive);
    }
    for (let i = block.children.length - 1; i >= 0; i -= 1) open.push(block.children[i]!);
  }
  return found;
}

function keyOf({ file, line, column }: PlanPlace): string {
  return `${line}:${column}:${file}`;
}

function placeOfBlock(block: ResolvedBlock): PlanPlace | null {
  return block.directive === null ? null : placeOfDirective(block.directive);
}

function placeOfDirective({ node }: ResolvedDirective): PlanPlace {
  return { file: node.file.path, ...node.file.positionAt(node.name.start) };
}

function same(a: PlanPlace | null, b: PlanPlace | null): boolean {
  return a !== null && b !== null && keyOf(a) === keyOf(b);
}

function serversAround(block: ResolvedBlock): ResolvedBlock[] {
  const servers: ResolvedBlock[] = [];
  for (let level: ResolvedBlock | null = block; level !== null; level = level.parent) {
    if (level.context === 'server') servers.push(level);
  }
  return servers;
}
