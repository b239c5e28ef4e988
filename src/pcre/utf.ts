import type { ByteSet } from './byte-set.ts';
import type { Alternatives, Node, Pattern } from './tree.ts';
import { alternativesOf } from './tree.ts';

/**
 * Whether a pattern in UTF mode (`(*UTF8)`) finds the same in valid UTF-8 when it is matched byte by byte: characters
 * beyond ASCII occur only as literal text that does not ignore case, or in repetitions without an upper bound of sets that
 * hold all of them (`.*`, `[^/]+`).
 */
export function byteModeSuffices(pattern: Pattern, ignoresCase: boolean): boolean {
  return suffices(pattern.alternatives, ignoresCase);
}

function suffices(alternatives: Alternatives, ignoresCase: boolean): boolean {
  return alternatives.every((branch) => branch.every((node) => nodeSuffices(node, ignoresCase)));
}

function nodeSuffices(node: Node, ignoresCase: boolean): boolean {
  switch (node.type) {
    case 'byte':
      return node.code < 0x80 || !ignoresCase;
    case 'set':
      return highBytes(node.bytes) === 'none';
    case 'repeat': {
      const { body, max } = node;
      if (body.type === 'set')
        return highBytes(body.bytes) !== 'some' && (max === Infinity || highBytes(body.bytes) === 'none');
      return !(body.type === 'byte' && body.code >= 0x80) && nodeSuffices(body, ignoresCase);
    }
    case 'line-end':
    case 'grapheme':
      return false;
    case 'backreference':
      return !node.caseless;
    default:
      return suffices(alternativesOf(node), ignoresCase);
  }
}

/** Which bytes from 0x80 on are in the set. */
function highBytes(set: ByteSet): 'none' | 'some' | 'all' {
  const words = set.subarray(4);
  if (words.every((word) => word === 0)) return 'none';
  return words.every((word) => word === 0xffffffff) ? 'all' : 'some';
}
