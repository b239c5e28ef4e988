import type { CheckContext } from './check-context.ts';
import { defineVariable } from './define-variable.ts';
import { checkGeneric } from './generic-slots.ts';
import { HostnameKeys } from './hash-keys.ts';
import { checkHash, sizedHash } from './http/hash.ts';
import type { Place, Problem } from './problem.ts';
import { directiveProblem, problem } from './problem.ts';
import { compileRegex } from './regex.ts';
import { compileArgument, compileScript } from './script.ts';
import { Slot } from './store.ts';

/** `map` of ngx_http_map_module.c and ngx_stream_map_module.c. */

interface MapState {
  hostnames: boolean;
  hasDefault: boolean;
  readonly keys: HostnameKeys;
  /** Values that were compiled already: nginx compiles each text once. */
  readonly values: Set<string>;
  /** Where the block's own file stands at an `include`: complaints about what is compiled name that place. */
  including: Place | null;
}

const mapHash = sizedHash('map_hash', 2048);

const mapSlot = new Slot<MapState>('map', () => ({
  hostnames: false,
  hasDefault: false,
  keys: new HostnameKeys(),
  values: new Set(),
  including: null,
}));

/** ngx_http_map_block */
export function checkMap(cx: CheckContext): Problem | null {
  return compileArgument(cx, 0) ?? defineVariable(cx, 1);
}

/** ngx_http_map */
export function checkMapEntry(cx: CheckContext): Problem | null {
  const state = cx.block.store.get(mapSlot);
  if (cx.values.length === 0 && cx.name === 'hostnames') {
    state.hostnames = true;
    return null;
  }
  if (cx.values.length === 0 && cx.name === 'volatile' && cx.since('1.11.7')) return null;
  if (cx.values.length !== 1)
    return problem('invalid-number-of-arguments', 'invalid number of the map parameters', {
      detail: 'Each line is a value and its result; either needs quotes when it has spaces.',
    });
  if (cx.name === 'include') return include(cx, state);
  const value = cx.arg(0);
  if (!state.values.has(value)) {
    const refused = compileScript(cx, value, 0);
    if (refused !== null) return atInclude(cx, state, refused);
    state.values.add(value);
  }
  return checkKey(cx, state);
}

function isOwnFile({ block, node }: CheckContext): boolean {
  return block.opener?.file === node.file;
}

function include(cx: CheckContext, state: MapState): Problem | null {
  if (isOwnFile(cx)) state.including = cx.place;
  return cx.include();
}

/** Values and patterns are compiled with the ngx_conf_t that the block began with, which still reads the file of the block. */
function atInclude(cx: CheckContext, { including }: MapState, refused: Problem): Problem {
  return isOwnFile(cx) || including === null ? refused : { ...refused, at: including };
}

function checkKey(cx: CheckContext, state: MapState): Problem | null {
  const key = cx.name;
  if (key === 'default') {
    if (state.hasDefault) return problem('duplicate', 'duplicate default map parameter', { word: -1 });
    state.hasDefault = true;
    return null;
  }
  if (key.startsWith('~')) {
    const caseless = key.startsWith('~*');
    const refused = compileRegex(cx, key.slice(caseless ? 2 : 1), { caseless, word: -1 });
    return refused === null ? null : atInclude(cx, state, refused);
  }
  const text = key.startsWith('\\') ? key.slice(1) : key;
  const answer = state.keys.add(text, state.hostnames);
  // nginx prints the key after it was turned into lower case, as far as that got.
  if (answer === 'declined')
    return problem('invalid-host-name', `invalid hostname or wildcard "${text}"`, { word: -1 });
  if (answer === 'busy')
    return problem('duplicate', `conflicting parameter "${text.toLowerCase()}"`, {
      word: -1,
      detail: 'Keys of a map ignore case, and each may stand there once.',
    });
  return null;
}

/** The hash is built at the end of the block, without a line. */
export function endOfMap(cx: CheckContext): Problem | null {
  const { keys } = cx.block.store.get(mapSlot);
  if (!keys.empty) checkHash(cx, mapHash, cx.block, keys.hashed());
  return null;
}

/** map_hash_max_size, map_hash_bucket_size: a `map` block fixes what was not set before it (ngx_http_map_block). */
export function checkMapHashSize(cx: CheckContext): Problem | null {
  const refused = checkGeneric(cx, cx.spec!);
  const map = cx.block.first('map');
  if (refused !== null || map === undefined) return refused;
  return directiveProblem(cx.name, 'duplicate', 'is duplicate', {
    detail: 'nginx fixes the sizes of map hashes at the first map block: set them before it.',
    related: [{ file: map.file, span: map.name, message: 'the first map' }],
  });
}
