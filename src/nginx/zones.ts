import type { Directive } from '../1-syntax/ast.ts';
import type { CheckContext } from './check-context.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { Slot } from './store.ts';

/** A shared memory zone (ngx_shm_zone_t). */
export interface Zone {
  readonly name: string;
  /** Bytes; 0 while it is only referred to. */
  size: number;
  /** The module that it belongs to (nginx's tag). */
  readonly owner: string;
  /** What its module attached to it (`shm_zone->data`); null while it is only referred to. */
  data: unknown;
  /** Somebody complained about it already. */
  reported: boolean;
  readonly node: Directive;
}

/** Bytes of a page, what the allocator of a zone deals in (ngx_pagesize). */
export const pageSize = 4096;

/** Bytes that most directives ask of a zone at least. */
export const smallestZone = 8 * pageSize;

const zonesSlot = new Slot('shared memory zones', () => new Map<string, Zone>());

/** The zones of the whole configuration, in the order of first mention. */
export function zonesOf(cx: CheckContext): Map<string, Zone> {
  return cx.cycle.get(zonesSlot);
}

/** ngx_shared_memory_add: defines a zone (`size` > 0) or refers to one (`size` 0). */
export function addZone(
  cx: CheckContext,
  name: string,
  size: number,
  owner: string,
  word = 0,
): { readonly zone: Zone } | { readonly refused: Problem } {
  const zones = zonesOf(cx);
  const known = zones.get(name);
  if (known === undefined) {
    const zone: Zone = { name, size, owner, data: null, reported: false, node: cx.node };
    zones.set(name, zone);
    return { zone };
  }
  if (known.owner !== owner) {
    const message = `the shared memory zone "${name}" is already declared for a different use`;
    return { refused: problem('conflict', message, { word, related: [declared(known)] }) };
  }
  if (known.size === 0) known.size = size;
  if (size !== 0 && size !== known.size) {
    const message = `the size ${size} of shared memory zone "${name}" conflicts with already declared size ${known.size}`;
    return { refused: problem('conflict', message, { word, related: [declared(known)] }) };
  }
  return { zone: known };
}

function declared({ node }: Zone): { file: Directive['file']; span: Directive; message: string } {
  return { file: node.file, span: node, message: 'declared here' };
}
