import type { BlockState, CheckContext } from '../check-context.ts';
import { problem } from '../problem.ts';
import type { LocationName } from './location-name.ts';
import { isRegex, locationName } from './location-name.ts';

interface Entry extends LocationName {
  readonly block: BlockState;
}

/** ngx_filename_cmp over the shorter name and one byte more: `/` sorts before every other byte. */
function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length) + 1;
  for (let at = 0; at < length; at++) {
    const left = at < a.length ? a[at]! : '\0';
    const right = at < b.length ? b[at]! : '\0';
    if (left === right) continue;
    if (left === '\0' || right === '\0') return left === '\0' ? -1 : 1;
    if (left === '/' || right === '/') return left === '/' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

function compare(a: Entry, b: Entry): number {
  const order = compareNames(a.name, b.name);
  return order === 0 ? Number(b.modifier === '=') - Number(a.modifier === '=') : order;
}

/** ngx_http_init_static_location_trees, ngx_http_join_exact_locations: two prefix (or exact) locations of one name. */
export function checkDuplicateLocations(cx: CheckContext, level: BlockState): void {
  const { children } = level;
  for (const block of children) if (block.children.length > 0) checkDuplicateLocations(cx, block);
  if (children.length < 2) return;
  const entries: Entry[] = [];
  for (const block of children) {
    if (block.context !== 'location') continue;
    const name = locationName(block);
    if (name !== null && !isRegex(name) && name.modifier !== '@' && !name.name.startsWith('@'))
      entries.push({ ...name, block });
  }
  if (entries.length < 2) return;
  entries.sort(compare);
  for (let at = 1; at < entries.length; at++) {
    const before = entries[at - 1]!;
    const entry = entries[at]!;
    if (before.name !== entry.name || (before.modifier === '=') !== (entry.modifier === '=')) continue;
    const node = entry.block.opener!;
    const first = before.block.opener!;
    const { place } = cx;
    cx.place = { file: node.file, offset: node.terminatorAt };
    cx.report(
      problem('duplicate-location', `duplicate location "${entry.name}"`, {
        node,
        detail: 'Two locations of one server have the same name; nginx could never choose the second.',
        related: [
          {
            file: first.file,
            span: { start: first.start, end: first.wordsEnd },
            message: 'first given here',
          },
        ],
      }),
    );
    cx.place = place;
  }
}
